#!/usr/bin/env bash
# The test burner against the program that knows real ones: stock xorriso burns three sessions on each kind of medium,
# reads them back, closes the disc, and finds it closed.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

on_burner() { LD_PRELOAD=$MMC_PRELOAD xorriso "$@"; }

for number in 1 2 3; do
    mkdir -p "$world/data/$number"
    head -c $((number * 70000)) /dev/urandom >"$world/data/$number/file"
done

for medium in dvd+r dvd-r dvd+r-dl bd-r cd-r; do
    step "$medium"
    drive=$world/$medium.drive
    "$MMC_BURNER" "$drive" blank "$world/$medium.disc" "$medium"
    began=$(date +%s%3N)
    for number in 1 2 3; do
        check "session $number is burned" \
            on_burner -abort_on SORRY -dev "mmc:$drive" -map "$world/data/$number" "/$number" -commit
    done
    echo "     $((($(date +%s%3N) - began) / 3)) ms a burn"
    check "the disc holds three sessions" grep -q "sessions=3 finalised=0" <("$MMC_BURNER" "$drive" status)
    check "they are read" on_burner -osirrox on -indev "mmc:$drive" -extract / "$world/back.$medium"
    check "as they were" diff -r "$world/data" "$world/back.$medium"
    check "the disc is closed" on_burner -dev "mmc:$drive" -map "$world/data/1" /again -close on -commit
    check_fails "and takes nothing more" on_burner -abort_on SORRY -dev "mmc:$drive" -map "$world/data/1" /more -commit
done
