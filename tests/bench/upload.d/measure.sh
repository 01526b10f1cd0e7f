# Clocks, pairs and medians. A run sets $wall, $cpu (the server's) and $client_cpu, all in milliseconds.
# shellcheck shell=bash disable=SC2154

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
now_ms() { date +%s%3N; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / (b > 0 ? b : 1) }'; }
# Programs of this folder; those in PROGRAMS are there already, or stay for the next time.
build() { [ -x "$programs/$1" ] || "${CXX:-c++}" -O2 -std=c++20 -o "$programs/$1" "$here/$1.cpp" "${@:2}"; }

# CPU time in milliseconds of a server with all its children, those that ended and were waited for included.
cpu_ms() {
    local ticks=0 pid t
    for pid in "$1" $(pgrep -P "$1" || true); do
        t=$(awk '{ sub(/.*\) /, ""); print $12 + $13 + $14 + $15 }' "/proc/$pid/stat" 2>/dev/null) || t=0
        ticks=$((ticks + t))
    done
    echo $((ticks * 1000 / $(getconf CLK_TCK)))
}

# Waits until a server has done all that its clients left it to do: sshd has no children any more, and for a while nobody used CPU.
settled_cpu_ms() { # PID
    local before now=-1 quiet=0
    if ! is_burnbox peer && [ "$1" = "${pid_of[peer]}" ]; then
        while pgrep -P "$1" >/dev/null; do sleep 0.005; done
    fi
    while [ "$quiet" -lt 4 ]; do
        before=$now now=$(cpu_ms "$1")
        if [ "$before" = "$now" ]; then quiet=$((quiet + 1)); else quiet=0; fi
        sleep 0.03
    done
    echo "$now"
}

# $ended_cpu: CPU time in milliseconds of what this shell has started and waited for: clients, not servers. A subshell would
# count its own children.
note_ended_cpu() {
    times >"$work/times"
    ended_cpu=$(awk -F '[ms ]+' 'NR == 2 { printf "%d", 1000 * (60 * ($1 + $3) + $2 + $4) }' "$work/times")
}

# timed HOST COMMAND...: the command's wall time and its CPU time, and the CPU time of the host's server until it has settled.
timed() {
    local pid before before_cpu before_clients ended_cpu
    pid=$(server_pid "$1")
    shift
    before_cpu=$(settled_cpu_ms "$pid")
    note_ended_cpu
    before_clients=$ended_cpu
    before=$(now_ms)
    "$@"
    wall=$(($(now_ms) - before))
    note_ended_cpu
    client_cpu=$((ended_cpu - before_clients))
    cpu=$(($(settled_cpu_ms "$pid") - before_cpu))
}

# pairs TITLE GOAL RUN [UNDO]: RUN HOST NUMBER by turns on the peer and on burnbox, which of them first changing each time;
# then UNDO HOST NUMBER, which is not measured. One warm-up pair is not counted. What the clients need themselves is a bound: no
# server makes an upload faster than that, shared by the cores as far as clients work at once.
pairs() {
    local title=$1 goal=$2 run=$3 undo=${4:-clear_uploads} number host order walls cpus clients
    local speeds=() shares=() all_walls=() all_cpus=() all_peer_walls=() all_peer_cpus=() all_client_cpus=()
    printf '\n%s  (%s)\n%6s %12s %12s %12s %12s %12s %8s %8s\n' "$title" "$goal" pair "$peer wall" "$peer CPU" \
        "burnbox wall" "burnbox CPU" "its clients" speed CPU
    declare -A walls cpus clients
    for number in $(seq "${WARM_UP-0}" "$PAIRS"); do
        order="peer burnbox"
        [ $((number % 2)) = 0 ] || order="burnbox peer"
        for host in $order; do
            "$run" "$host" "$number"
            walls[$host]=$wall cpus[$host]=$cpu clients[$host]=$client_cpu
            "$undo" "$host" "$number"
        done
        [ "$number" -gt 0 ] || continue
        speeds+=("$(ratio "${walls[peer]}" "${walls[burnbox]}")")
        shares+=("$(ratio "${cpus[burnbox]}" "${cpus[peer]}")")
        all_walls+=("${walls[burnbox]}") all_peer_walls+=("${walls[peer]}")
        all_cpus+=("${cpus[burnbox]}") all_peer_cpus+=("${cpus[peer]}") all_client_cpus+=("${clients[burnbox]}")
        print_pair "$number" "${walls[peer]}" "${cpus[peer]}" "${walls[burnbox]}" "${cpus[burnbox]}" "${clients[burnbox]}" \
            "${speeds[-1]}" "${shares[-1]}"
    done
    print_pair median "$(median "${all_peer_walls[@]}")" "$(median "${all_peer_cpus[@]}")" "$(median "${all_walls[@]}")" \
        "$(median "${all_cpus[@]}")" "$(median "${all_client_cpus[@]}")" "$(median "${speeds[@]}")" "$(median "${shares[@]}")"
}
print_pair() { printf '%6s %9s ms %9s ms %9s ms %9s ms %9s ms %8.2f %8.2f\n' "$@"; }
