#!/bin/sh
# Standard output that is full, closed or a broken pipe; data and talk apart.
. "$THALWEG_SOURCE/tests/cli/common.sh"

small="--data synthetic:20"
# broken NAME WHAT: one line about standard output and exit code 3 in $code.
broken() {
    [ "$code" -eq 3 ] || fail "$1: exit code $code"
    one_line 'cannot write standard output' "$1"
}

if [ -e /dev/full ]; then
    for line in "eval $small" "eval $small --json" "help" "plane --help" "--version" "--help-man" \
        "info synthetic:20" "steps $small -m analytic" "train $small -n 2" "slice $small --json"; do
        "$THALWEG" $line >/dev/full 2>"$scratch/err"
        code=$?
        if [ "$(wc -l <"$scratch/err")" -gt 1 ]; then # talk, then the line
            tail -1 "$scratch/err" >"$scratch/last" && mv "$scratch/last" "$scratch/err"
        fi
        broken "$line >/dev/full"
    done
    "$THALWEG" evla >/dev/full 2>"$scratch/err"
    code=$?
    [ "$code" -eq 2 ] || fail "evla >/dev/full: exit code $code"
    one_line "unknown command" "evla >/dev/full"
fi

"$THALWEG" help >&- 2>"$scratch/err"
code=$?
broken "help >&-"

# A reader that is gone: the pipe is broken before the tool writes.
mkfifo pipe
(
    exec 3<pipe
    exec 3<&-
) &
(
    exec 4>pipe
    wait
    sleep 0.2
    "$THALWEG" eval $small >&4 2>"$scratch/err"
    echo $? >"$scratch/code"
)
wait
code=$(cat "$scratch/code")
broken "eval into a closed pipe"

# Closed standard streams do not end up in files.
"$THALWEG" gradient $small -m analytic -o g.npy >&- 2>&-
"$THALWEG" gradient -q $small -m analytic -o h.npy >"$scratch/out" || fail "gradient"
cmp -s g.npy h.npy || fail "closed streams: the file differs"

# Data on standard output, talk on standard error, none of it with --quiet.
expect 0 train $small -n 5 --json
json '"loss" in o'
expect 0 train -q $small -n 5
[ -s "$scratch/err" ] && fail "--quiet talks: $(cat "$scratch/err")"
[ -s "$scratch/out" ] || fail "--quiet says nothing at all"
grep -q "$(printf '\r')" "$scratch/err" && fail "a progress bar into a file"
finish
