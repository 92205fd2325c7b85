#!/bin/sh
# run.sh SECONDS [TARGET...]: builds the fuzz targets with clang, runs each for SECONDS, and says what
# it found. The corpus stays in $FUZZ_BUILD/corpus and grows from run to run; an input that fails is
# kept in $FUZZ_BUILD/findings, and TARGET FILE runs it again.
set -eu
seconds=${1:-60}
[ $# -eq 0 ] || shift
cd "$(dirname "$0")/.."
build=${FUZZ_BUILD:-build-fuzz}

if [ ! -f "$build/build.ninja" ]; then
    CC=clang meson setup "$build" -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
        -Dcairo=disabled --buildtype=debugoptimized -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
fi
ninja -C "$build" -j2 fuzzers >"$build/fuzz-build.log" 2>&1 || {
    tail -n 30 "$build/fuzz-build.log"
    exit 1
}
/usr/bin/python3 fuzz/make_seeds.py "$build/corpus"
mkdir -p "$build/findings"

[ $# -gt 0 ] || set -- $(cd "$build/fuzz" && ls | sed -n 's/^fuzz_\([a-z_0-9]*\)$/\1/p')
failed=0
for target in "$@"; do
    log=$build/findings/$target.log
    # a read past a limit is caught by ASan; more than 1 GB for an input of some kB is a fault, too
    if UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$build/fuzz/fuzz_$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1500 -malloc_limit_mb=1000 \
        -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
        "$build/corpus/$target" >"$log" 2>&1; then
        result=ok
    else
        result="FAILED, see $log"
        failed=$((failed + 1))
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    echo "$target: $result, ${runs:-0} runs, ${covered:-0} edges"
done
[ "$failed" -eq 0 ]
