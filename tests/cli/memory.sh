#!/bin/sh
# Where memory is out there is a line and a status, never silence or a result that is none. First
# argument: the library that makes allocations fail. SAMPLES=500: so many of each command's.
. "$THALWEG_SOURCE/tests/cli/common.sh"
fail_alloc=$1
samples=${SAMPLES:-5}

small="--data synthetic:20 --threads 1"
"$THALWEG" train softmax $small -n 3 -q --json -o kept.h5 --log kept.csv --trajectory path.h5 >/dev/null || fail "train"
"$THALWEG" plane himmelblau --x=-1:1:5 --y=-1:1:5 -q --json -o plane.h5 >/dev/null || fail "plane"
"$THALWEG" convert plane.h5 plane.npz -q || fail "convert"

# lines: NAME OF THE FILE WRITTEN, command
every() {
    while read -r file line; do
        [ -n "$file" ] || continue # no figures in this build
        rm -f "$file"
        "$1" "$file" $line
    done <<END
- info plane.h5
- info plane.npz
- info path.h5
- info plane.h5 --topology --between m1:m1
- eval softmax $small --weights kept.h5
g.h5 gradient softmax $small -o g.h5
s.h5 slice himmelblau --x=-1:1:5 -o s.h5
w.h5 train softmax $small -n 3 -o w.h5 --trajectory t.h5
c.vtk convert plane.h5 c.vtk
c.npz convert plane.h5 c.npz
c.h5 convert plane.npz c.h5
$(draw - 'plot plane.h5 -o c.png')
END
}

# judge WHAT FILE: the end of a command is one of those that are allowed.
judge() {
    case $code in
    0) [ "$2" = - ] || [ -s "$2" ] || fail "$1: status 0 and no '$2'" ;;
    3 | 134 | 135 | 136 | 139) grep -q '^thalweg: ' "$scratch/err" || fail "$1: status $code without a word: $(cat "$scratch/err")" ;;
    *) fail "$1: status $code: $(cat "$scratch/err")" ;;
    esac
}

# ---- one allocation fails ----

nth() {
    file=$1
    shift
    FAIL_COUNT=$scratch/count LD_PRELOAD=$fail_alloc "$THALWEG" "$@" >/dev/null 2>"$scratch/err" || fail "$*: $(cat "$scratch/err")"
    count=$(cat "$scratch/count")
    k=0
    while [ $k -lt "$samples" ]; do
        at=$((1 + count * k / samples))
        k=$((k + 1))
        [ "$file" = - ] || rm -f "$file"
        { FAIL_AT=$at LD_PRELOAD=$fail_alloc "$THALWEG" "$@" >/dev/null 2>"$scratch/err"; } 2>/dev/null
        code=$?
        judge "$*, allocation $at" "$file"
    done
}
if ! sanitized && LD_PRELOAD=$fail_alloc FAIL_COUNT=$scratch/count "$THALWEG" --version >/dev/null 2>&1 && [ -s "$scratch/count" ]; then
    every nth
    # an object that is longer than a stream's first piece of memory is printed whole, or not at all
    many="slice rosenbrock:4 --x=-1:1:2001 --json=values -q --threads 1"
    "$THALWEG" $many >whole || fail "$many"
    FAIL_COUNT=$scratch/count LD_PRELOAD=$fail_alloc "$THALWEG" $many >/dev/null || fail "$many"
    count=$(cat "$scratch/count")
    for at in $(seq $((count - 5)) "$count"); do
        FAIL_AT=$at LD_PRELOAD=$fail_alloc "$THALWEG" $many >part 2>"$scratch/err"
        code=$?
        judge "$many, allocation $at" -
        lost=$(($(sed 's/"seconds": [^,]*//' whole | wc -c) - $(sed 's/"seconds": [^,]*//' part | wc -c)))
        [ "$code" -ne 0 ] || [ "$lost" -eq 0 ] || fail "$many, allocation $at: status 0, and $lost bytes are missing"
    done
fi

# ---- the address space is limited ----

# in kB; a sanitizer needs more than any
starts_with() {
    (ulimit -v "$1" && "$THALWEG" --version) >/dev/null 2>&1
}
limited() {
    file=$1
    shift
    for beyond in 0 400 900 1600 4000; do
        [ "$file" = - ] || rm -f "$file"
        (ulimit -c 0; ulimit -v $((least + beyond)) && exec "$THALWEG" "$@") >/dev/null 2>"$scratch/err"
        code=$?
        judge "$*, with $((least + beyond)) kB" "$file"
        [ "$code" -lt 128 ] || fail "$*, with $((least + beyond)) kB: $(cat "$scratch/err")"
    done
}
most=4194304
if starts_with $most; then
    least=1024
    while [ $((most - least)) -gt 16 ]; do
        half=$(((least + most) / 2))
        starts_with $half && most=$half || least=$half
    done
    least=$((most + 64)) # the loader dies of a page that is missing, and longer words may need one more
    every limited
fi
finish
