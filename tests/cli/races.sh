#!/bin/sh
# races.sh SLOW_PROGRAM: several of the same command with the same files at once. All of them succeed, and
# what they leave are the bytes of one that ran alone. $RACES (4): how many of each. Then two in an
# order that is forced.
. "$THALWEG_SOURCE/tests/cli/common.sh"
slow=$1
races=${RACES:-4}
small="--data synthetic:20"

# race FILES COMMAND...: three at once, again and again, over an old file that must not be lost.
race() {
    files=$1
    shift
    "$THALWEG" "$@" -q >"$scratch/out" 2>"$scratch/err" || { fail "$*: $(cat "$scratch/err")"; return; }
    mkdir -p ../reference && for file in $files; do mv "$file" ../reference; done
    round=0
    while [ "$round" -lt "$races" ]; do
        for k in 1 2 3; do
            ("$THALWEG" "$@" -q >"$scratch/out.$k" 2>"$scratch/err.$k"; echo $? >"$scratch/code.$k") &
        done
        wait
        for k in 1 2 3; do
            [ "$(cat "$scratch/code.$k")" -eq 0 ] || fail "$*: exit code $(cat "$scratch/code.$k"): $(cat "$scratch/err.$k")"
        done
        for file in $files; do
            cmp "$file" "../reference/$file" || fail "$*: $file is not that of one alone"
        done
        round=$((round + 1))
    done
    for file in $files; do rm -f "$file"; done
}

race g.npy gradient $small -m analytic -o g.npy
race "w.h5 log.csv" train $small -n 3 -o w.h5 --log log.csv
race "s.csv" steps $small -m analytic -o s.csv
race "c.csv" gradcheck $small --entries 1,2 -o c.csv
race "d.h5" slice $small --x=-1:1:3 --json --save-directions d.h5
race "s.h5" slice $small --x=-1:1:21 -o s.h5 --restart --save-every 0
race "p.h5" plane himmelblau --norm none --x=-1:1:21 --y=-1:1:21 -o p.h5 --save-every 0
"$THALWEG" slice -q $small --x=-1:1:3 -o from.h5 >"$scratch/out"
race to.csv convert from.h5 to.csv
can_draw && race a.svg plot from.h5 -o a.svg
# what is left beside results: nothing
[ -z "$(find . -name '*.part' -o -name '*.lock')" ] || fail "left: $(ls)"

# ---- surveys that take long: the second waits and goes on, says so, and has nothing to do
plane="--exec-size 2 --init normal:1 --norm none --x=-1:1:9 --y=-1:1:9"
# first FILE ARGUMENT...: in the background; it has written FILE, and holds in its midst until "$scratch/gate" is gone.
first() {
    : >"$scratch/gate"
    file=$1
    shift
    SLOW_GATE=40:$scratch/gate "$THALWEG" "$@" --exec "'$slow' 10000" >"$scratch/first" 2>&1 &
    first=$!
    until_so "[ -e $file ] && [ -e '$scratch/gate.reached' ] || is_gone $first"
    rm -f "$scratch/gate.reached"
}
begin() {
    first two.h5 plane $plane --exec-workers 1 --save-every 0 -o two.h5
}
begin
"$THALWEG" plane --exec "'$slow' 10000" $plane -o two.h5 --json >"$scratch/out" 2>"$scratch/err" &
second=$!
until_so "grep -q waiting '$scratch/err' || is_gone $second"
rm -f "$scratch/gate"
wait $second || fail "the second of two surveys: $(cat "$scratch/err")"
grep -q "another thalweg is writing 'two.h5'; waiting for it to finish" "$scratch/err" || fail "no word of the wait"
json 'o["continued"] == o["points"] == 81'
wait $first || fail "the first of two surveys: $(cat "$scratch/first")"
rm -f two.h5

# of another run: at once, not after the wait; the first goes on
begin
expect 2 plane --exec "'$slow' 10000" $plane --seed 1 -o two.h5
grep -q "is from another run: seed is" "$scratch/err" || fail "another run: $(cat "$scratch/err")"
! is_gone $first || fail "the refusal came after the first had ended"

# the first is killed: the second takes what it had
kill -KILL $first
wait $first 2>/dev/null
rm -f "$scratch/gate"
expect 0 plane --exec "'$slow' 10000" $plane -o two.h5 --json
[ ! -e two.h5.lock ] || fail "a lock is left"

# ---- a trajectory grows in place: the second is refused, the first keeps its rows
first t.h5 train --exec-size 2 --init normal:1 -m random-search -n 60 --report-every 1 --trajectory t.h5 -q
expect 3 train $small -n 3 --trajectory t.h5
one_line "'t.h5' is being written by another process: name another file" "two trajectories"
rm -f "$scratch/gate"
wait $first || fail "the first of two trainings: $(cat "$scratch/first")"
expect 0 info t.h5 --json
json 'o["files"][0]["checkpoints"] == 61'
finish
