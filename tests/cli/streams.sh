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

# A reader that is gone, as head goes when it has its lines: the pipe is broken before the tool
# writes. It ends in silence, with the status of a program that SIGPIPE ends.
mkfifo pipe
(exec 3<pipe) &
exec 4>pipe
wait
for line in "eval $small" "eval $small --json" "help" "plane --help-all" "--version" "--help-man" \
    "completion zsh" "info synthetic:20" "steps $small -m analytic" "train $small -n 50" \
    "gradient $small -m analytic" "gradcheck sphere:50 --csv" "slice sphere:5 --x=-1:1:5 --json"; do
    "$THALWEG" $line >&4 2>"$scratch/err"
    code=$?
    [ "$code" -eq 141 ] || fail "$line into a closed pipe: exit code $code"
    ! grep '^thalweg:' "$scratch/err" || fail "$line into a closed pipe: not in silence"
done
# but its own failures are said
"$THALWEG" evla >&4 2>"$scratch/err"
code=$?
[ "$code" -eq 2 ] || fail "evla into a closed pipe: exit code $code"
one_line "unknown command" "evla into a closed pipe"
"$THALWEG" train $small -n 50 -o kept.npy >&4 2>/dev/null
"$THALWEG" train $small -n 50 -o whole.npy >/dev/null 2>&1
cmp -s kept.npy whole.npy || fail "train -o into a closed pipe: nothing is kept"
exec 4>&-

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
