# What is measured, one function a row. run_* HOST NUMBER sets what measure.sh says.
# shellcheck shell=bash disable=SC2154,SC2034

list_rows() {
    cat <<'ROWS'
rows: one        one large file
      defaults   the same with an unconfigured client (its own choice of cipher)
      sealed     one large file until the marker's OK, against sshd + openssl dgst -sha256 of every file + sync
      eight      8 clients at once, an eighth of the large file each
      small      10,000 files of 4 KiB, sftp put -r
      small_scp  the same, scp -r
      logins     40 logins one after the other
      crowd      64 clients at once, each logs in and uploads 4 KiB
      long       one large file over a round trip of 100 ms
      memory     what an idle logged-in connection costs, 500 of them
      floor      what the machine needs at least for the large file: receive, decrypt, write, hash
ROWS
}

large_file() { [ -e "$work/large" ] || head -c "${MIB}M" /dev/urandom >"$work/large"; }
large_run() { # CONFIG HOST NUMBER
    make_target "$2" "$3"
    timed "$2" put "$1" "$2" "$work/large" "$(target "$2" "$3")/file"
}
put() { sftp -q -b - -F "$1" "$2" <<<"put $3 $4" >/dev/null; }

row_one() {
    large_file
    run_one() { large_run "$work/ssh_config" "$@"; }
    pairs "$MIB MiB in one file" "speed >= 1.5, CPU <= 0.70" run_one
}

row_defaults() {
    large_file
    run_defaults() { large_run "$work/plain_config" "$@"; }
    pairs "$MIB MiB in one file, unconfigured client" "speed >= 1.5, CPU <= 0.65" run_defaults
}

row_sealed() {
    large_file
    : >"$work/empty"
    run_sealed() {
        make_target "$@"
        if ! is_burnbox "$1"; then
            timed peer upload_and_check "$2"
            cpu=$((cpu + $(awk '{ print int(1000 * ($1 + $2)) }' "$work/check_cpu")))
        else
            timed "$1" sftp -q -b - -F "$work/ssh_config" "$1" \
                <<<"put $work/large s$2/file"$'\n'"put $work/empty s$2/BURN" >"$work/said" 2>&1
        fi
    }
    upload_and_check() {
        put "$work/ssh_config" peer "$work/large" "$(target peer "$1")/file"
        TIMEFORMAT='%U %S'
        { time { find "$(folder peer "$1")" -type f -exec openssl dgst -sha256 {} + >/dev/null && sync -f "$work"; }; } 2>"$work/check_cpu"
    }
    undo_sealed() {
        if is_burnbox "$1"; then ssh -F "$work/ssh_config" "$1" cancel "s$2" >/dev/null; fi
        clear_uploads "$@"
    }
    pairs "$MIB MiB until sealed, against sshd + openssl dgst + sync" "speed >= 1.7, CPU <= 0.60" run_sealed undo_sealed
}

row_eight() {
    head -c "$((MIB / 8))M" /dev/urandom >"$work/eighth"
    run_eight() {
        make_target "$@"
        timed "$1" eight_at_once "$@"
    }
    eight_at_once() {
        local i clients=()
        for i in $(seq 8); do
            put "$work/ssh_config" "$1" "$work/eighth" "$(target "$@")/file$i" &
            clients+=($!)
        done
        for i in "${clients[@]}"; do wait "$i"; done
    }
    pairs "8 clients x $((MIB / 8)) MiB" "speed >= 2.0, CPU <= 0.50" run_eight
}

small_files() {
    [ -e "$work/tree" ] || mkdir "$work/tree"
    [ -e "$work/tree/d99" ] || { mkdir "$work/tree/d"{0..99} && head -c 40960000 /dev/urandom |
        (cd "$work/tree" && split -b 4096 -a 4 -d - f && for i in {0..99}; do mv f"$(printf %02d "$i")"?? "d$i"; done); }
}

row_small() {
    small_files
    run_small() {
        make_target "$@"
        timed "$1" sftp -q -b - -F "$work/ssh_config" "$1" <<<"-mkdir $(target "$@")"$'\n'"put -r $work/tree $(target "$@")/tree" >/dev/null 2>&1
    }
    pairs "10,000 x 4 KiB, sftp put -r" "speed >= 1.6, CPU <= 0.50" run_small
}

row_small_scp() {
    small_files
    run_small_scp() {
        make_target "$@"
        timed "$1" scp -q -r -F "$work/ssh_config" "$work/tree" "$1:$(target "$@")/"
    }
    pairs "10,000 x 4 KiB, scp -r" "speed >= 1.1, CPU <= 0.80" run_small_scp
}

# The client of both costs little itself, so that the servers are compared.
login() { "$programs/login_client" "$(port_of "$1")" "$(user_of "$1")" "$work/key" "${@:2}"; }
row_logins() {
    build login_client -lssh
    run_logins() { timed "$1" login "$1" one-by-one 40; }
    pairs "40 logins one after the other" "speed >= 4, CPU <= 0.25" run_logins true
}

row_crowd() {
    build login_client -lssh
    run_crowd() {
        make_target "$@"
        timed "$1" login "$1" at-once 64 "$(target "$@")"
    }
    pairs "64 clients at once: login + 4 KiB" "speed >= 4" run_crowd
}

row_long() {
    build delay_proxy -pthread
    large_file
    local host port long=$work/long_config
    for host in burnbox peer; do
        "$programs/delay_proxy" "$(port_of "$host")" 50 >"$work/proxy.$host" &
        pids+=($!)
        until [ -s "$work/proxy.$host" ]; do sleep 0.02; done
    done
    write_client_config "$long" "$(cat "$work/proxy.burnbox")" "$(cat "$work/proxy.peer")" "    Ciphers $CIPHER"
    run_long() { large_run "$work/long_config" "$@"; }
    WARM_UP=1 pairs "$MIB MiB over a round trip of 100 ms" "speed >= 6" run_long
}

# Private and shared pages by share (Pss) of a server with its children, in KiB.
memory_kib() {
    local pid sum=0 kib
    for pid in "$1" $(pgrep -P "$1" || true) $(pgrep -P "$(pgrep -d, -P "$1" || echo "$1")" || true); do
        kib=$(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null) || kib=0
        sum=$((sum + kib))
    done
    echo "$sum"
}

row_memory() {
    build login_client -lssh
    local host before after client count=500
    printf '\nmemory per idle logged-in connection, %s of them with an SFTP session each  (<= 150 KiB)\n' "$count"
    for host in peer burnbox; do
        login "$host" one-by-one 5
        before=$(memory_kib "$(server_pid "$host")")
        mkfifo "$work/held.$host"
        login "$host" hold "$count" <"$work/held.$host" >"$work/holding" &
        client=$!
        exec 7>"$work/held.$host"
        until grep -q holding "$work/holding"; do kill -0 "$client"; sleep 0.1; done
        after=$(memory_kib "$(server_pid "$host")")
        exec 7>&-
        wait "$client"
        printf '%8s %9s KiB\n' "$host" "$(((after - before) / count))"
    done
}

row_floor() {
    build floor -lcrypto
    "$programs/floor" "$work" "$MIB"
}
