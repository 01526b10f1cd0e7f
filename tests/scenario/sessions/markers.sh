#!/usr/bin/env bash
# Every way to say "burn it", and every answer that is no.
. "$(dirname "$0")/../lib.sh"

start_server
some_tree "$world/tree"
: >"$world/BURN"
in_inbox() { printf '%s' "$inbox/alice/$1"; }
said_on_disc() { grep -q -- "$1" "$world/disc/$2"; }

step "by name, with content"
mkdir "$world/note" && echo "run 17" >"$world/note/BURN"
scp -r "$world/tree" burnbox:named/
check "the marker is accepted" scp "$world/note/BURN" burnbox:named/
wait_burned named
extract "$(newest_image)" "$world/disc"
check "its content is on the disc as a tag file" said_on_disc "run 17" alice/named/marker/BURN
check "it is not payload" test ! -e "$world/disc/alice/named/data/BURN"

step "by a rename to its name"
scp -r "$world/tree/one" burnbox:renamed/
check "rename" sftp_do "put $world/BURN renamed/.later" "rename renamed/.later renamed/BURN"
wait_burned renamed

step "by a hard link of its name"
scp -r "$world/tree/one" burnbox:linked/
check "link" sftp_do "put $world/BURN linked/.later" "ln linked/.later linked/BURN"
wait_burned linked

step "the predecessor's way: any file one step above the data, from a later connection"
scp -r "$world/tree/one/two" burnbox:older/
check "scp /etc/issue" scp /etc/issue burnbox:older/
wait_burned older
extract "$(newest_image)" "$world/disc"
check "the file is the marker" cmp /etc/issue "$world/disc/alice/older/marker/issue"

step "a film as such a file is not lost: it is data too"
random_file "$world/film.mp4" 1500000
scp -r "$world/tree/one/two" burnbox:film/
check "scp film.mp4" scp "$world/film.mp4" burnbox:film/
wait_burned film
extract "$(newest_image)" "$world/disc"
check "the film is on the disc" cmp "$world/film.mp4" "$world/disc/alice/film/data/film.mp4"
check "as the marker by its digest" said_on_disc "$(sha256sum <"$world/film.mp4" | cut -d' ' -f1)" alice/film/marker/film.mp4.sha256
check "and in the folder" cmp "$world/film.mp4" "$(in_inbox film-burned/film.mp4)"

step "a file from the connection that sent the data is data"
check "upload" sftp_do "mkdir same" "put -r $world/tree/one same" "put /etc/issue same/"
check "nothing is sealed" test -f "$(in_inbox same/issue)"
check "status tells what is missing" burnbox sessions
said 'no marker yet'
check "BURN seals it" scp "$world/BURN" burnbox:same/
wait_burned same
extract "$(newest_image)" "$world/disc"
check "the file is in the data" cmp /etc/issue "$world/disc/alice/same/data/issue"

step "names of session.ignore and plain folders are no markers"
scp -r "$world/tree/one" burnbox:ignored/
check "x.part" scp "$world/BURN" burnbox:ignored/x.part
check ".hidden" scp "$world/BURN" burnbox:ignored/.hidden
check "a folder called BURN" sftp_do "mkdir ignored/one/BURN"
check "still open" test -d "$(in_inbox ignored)"
check "BURN seals it" scp "$world/BURN" burnbox:ignored/
wait_burned ignored
extract "$(newest_image)" "$world/disc"
check "ignored as marker, burned as data" test -e "$world/disc/alice/ignored/data/x.part"

step "a right SHA256SUMS"
mkdir "$world/list"
(cd "$world" && find tree -type f -exec sha256sum {} + >list/SHA256SUMS)
scp -r "$world/tree" burnbox:listed/
check "accepted" scp "$world/list/SHA256SUMS" burnbox:listed/
wait_burned listed
extract "$(newest_image)" "$world/disc"
check "it stays in the data" cmp "$world/list/SHA256SUMS" "$world/disc/alice/listed/data/SHA256SUMS"

step "a SHA256SUMS whose files are not all there yet"
mkdir -p "$world/part/tree" && cp -r "$world/tree/one" "$world/part/tree/"
scp -r "$world/part/tree" burnbox:partly/
check_fails "the reply is an error" sftp_do "put $world/list/SHA256SUMS partly/"
said 'big\.bin'
check "it keeps its name" test -f "$(in_inbox partly/SHA256SUMS)"
check "the session is open" test -d "$(in_inbox partly)"
scp -r "$world/tree" burnbox:partly/
check "a later marker looks again" scp "$world/BURN" burnbox:partly/
wait_burned partly

step "a wrong SHA256SUMS"
sed '1s/^......../00000000/' "$world/list/SHA256SUMS" >"$world/note/SHA256SUMS"
scp -r "$world/tree" burnbox:wrong/
check_fails "refused" scp "$world/note/SHA256SUMS" burnbox:wrong/
said 'SHA256SUMS'
check "the reason is in REFUSED.txt" test -s "$(in_inbox wrong/REFUSED.txt)"
check "the list is renamed" test -f "$(in_inbox wrong/SHA256SUMS.refused)"
check "the session is open" test ! -e "$(in_inbox wrong-queued)"
check "BURN burns it as it is" scp "$world/BURN" burnbox:wrong/
wait_burned wrong
check "REFUSED.txt did not go to the disc" extract "$(newest_image)" "$world/disc"
check "nor the refused list" test ! -e "$world/disc/alice/wrong/data/SHA256SUMS.refused"

step "an empty session"
check_fails "refused" sftp_do "mkdir nothing" "put $world/BURN nothing/"
said 'empty'
check "BURN.refused" test -f "$(in_inbox nothing/BURN.refused)"
check "REFUSED.txt" test -s "$(in_inbox nothing/REFUSED.txt)"

step "sent twice"
check "the same marker again is answered with OK" scp "$world/note/BURN" burnbox:named/
check "it creates nothing" test ! -e "$(in_inbox named)"
scp -r "$world/tree" burnbox:named/
check_fails "the same data again is refused" scp "$world/BURN" burnbox:named/
said 'BURNBOX_0001'
check "unless asked for" ssh burnbox burn named --again --wait
check "it has the next name" test -f "$(in_inbox named-burned-2/RECEIPT.txt)"
check "every session is there once" test "$(burnbox sessions --json | jq '[.[] | select(.state == "burned") | .session] | length == (unique | length)')" = true
