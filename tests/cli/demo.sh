#!/bin/sh
# The demo, on little data: every file that it names is there, and the commands that it prints make
# the same files.
. "$THALWEG_SOURCE/tests/cli/common.sh"

run demo --data synthetic:300 -o demo --json
grep -q 'no pictures' "$scratch/err" && exit 77
[ "$code" -eq 0 ] || fail "demo: exit code $code: $(cat "$scratch/err")"
json 'o["directory"] == "demo" and len(o["files"]) >= 8 and 0 < o["gradient_error"] < 0.1'
json 'o["test_accuracy"]["sgd"] > o["test_accuracy"]["random-search"]'
json '__import__("os").listdir("demo") and all(__import__("os").path.getsize(f) for f in o["files"])'

expect 0 demo --data synthetic:300 # into ./thalweg-demo
[ "$(ls demo)" = "$(ls thalweg-demo)" ] || fail "two demos, two lists of files"
grep -c '^    \$ thalweg ' "$scratch/out" >/dev/null || fail "the demo prints no commands"
mkdir own
grep '^    \$ thalweg ' "$scratch/out" | sed 's/^    \$ thalweg/"$THALWEG"/' >own/commands
(cd own && . ./commands) >"$scratch/log" 2>&1 || fail "the demo's commands: $(cat "$scratch/log")"
for file in samples.png slice-svm-one.png slice-svm.png steps.png plane-contour.png plane-heat.png plane-3d.png; do
    cmp -s "own/$file" "thalweg-demo/$file" || fail "$file is not what its command makes"
done

# What fails leaves nothing.
expect 3 demo --data nowhere -o none
[ -e none ] && fail "a failed demo left its folder"
finish
