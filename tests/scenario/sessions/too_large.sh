#!/usr/bin/env bash
# A session that fits on no disc of the pool is refused at its marker, with the sizes.
. "$(dirname "$0")/../lib.sh"

write_config cd-r </dev/null
start_server
mkdir "$world/film" "$world/send"
truncate -s 710M "$world/film/film.mov"
: >"$world/send/BURN"
scp -r "$world/film" burnbox:film/
check_fails "the marker is refused" scp "$world/send/BURN" burnbox:film/
said '71[0-9]|74[0-9]'
said '70[0-9]|736'
check "REFUSED.txt has the sizes too" grep -qE '71[0-9]|74[0-9]' "$inbox/alice/film/REFUSED.txt"
check "the marker is renamed" test -f "$inbox/alice/film/BURN.refused"
check_exit 1 "the command is refused too" ssh burnbox burn film
check "no disc was touched" test -z "$(find "$discs" -name '*.iso')"

step "split by hand, it goes"
truncate -s 600M "$world/film/film.mov"
sftp_do "rm film/film/film.mov" >/dev/null
scp -r "$world/film" burnbox:film/
check "the marker is accepted" scp "$world/send/BURN" burnbox:film/
wait_burned film
