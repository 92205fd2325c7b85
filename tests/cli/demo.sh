#!/bin/sh
# The demo, on little data: every file that it names is there, and the commands that it prints make
# the same files, byte for byte.
. "$THALWEG_SOURCE/tests/cli/common.sh"

run demo --data synthetic:300
! grep -q 'no pictures' "$scratch/err" || skip "a build without pictures"
[ "$code" -eq 0 ] || fail "demo: exit code $code: $(cat "$scratch/err")"
[ "$(grep -c '^    \$ thalweg ' "$scratch/out")" -ge 14 ] || fail "the demo prints too few commands"
for file in $(sed -n 's/^  \(thalweg-demo\/[a-z0-9.-]*\)$/\1/p' "$scratch/out"); do
    [ -s "$file" ] || fail "$file is not there"
done
[ "$(ls thalweg-demo | wc -l)" -ge 10 ] || fail "too few files: $(ls thalweg-demo)"
grep -q Content-Security-Policy thalweg-demo/demo.html && grep -q '"name": *"plane"' thalweg-demo/demo.html || fail "demo.html is no page of the plane"
mkdir own
grep '^    \$ thalweg ' "$scratch/out" | sed 's/^    \$ thalweg/"$THALWEG"/' >own/commands
(cd own && . ./commands) >"$scratch/log" 2>&1 || fail "the demo's commands: $(cat "$scratch/log")"
for file in samples.png slice-svm-one.png slice-svm.png steps.png plane-contour.png plane-heat.png plane-3d.png descent.png; do
    cmp -s "own/$file" "thalweg-demo/$file" || fail "$file is not what its command makes"
done

expect 0 demo --data synthetic:60 --limit 30 --seed 3 -o "other one" --json
json 'o["directory"] == "other one" and len(o["files"]) >= 10 and 0 < o["gradient_error"] < 0.1'
json 'all(__import__("os").path.getsize(f) > 0 for f in o["files"])'
json 'set(o["test_accuracy"]) >= {"random-search", "local-search", "gd", "sgd"}'

# A source without test data is said once, and not by every walk.
printf '1,2,0\n3,4,1\n5,6,0\n2,2,1\n' >numbers.csv
expect 0 demo --data numbers.csv -o numbers
[ "$(grep -c 'no test data' "$scratch/err")" -eq 1 ] || fail "no test data: $(cat "$scratch/err")"

# What fails leaves nothing.
expect 3 demo --data nowhere -o none
[ -e none ] && fail "a failed demo left its folder"
finish
