#!/bin/sh
# trainings.sh: trainings that are killed at any instant go on where they were, and end with the bytes of
# one that was left alone. $KILLS: how many are killed, over all methods; without it one by each of three
# (tests/study/test_training.c has all, at planned places).
. "$THALWEG_SOURCE/tests/cli/common.sh"
kills=$(((${KILLS:-10} + 9) / 10))

# A number from 0 to 9999 that differs from call to call and from run to run.
random() {
    od -An -N2 -tu2 /dev/urandom | tr -d ' ' | awk '{ print $1 % 10000 }'
}

all_killed=0
# hurt METHOD ARGUMENTS...: trains once, then kills the same training after 0 ... as long as that took,
# until that was done $kills times and it has come to its end.
hurt() {
    method=$1
    shift
    train="train $* --method $method --log l.csv --trajectory t.h5 --checkpoints 9 -o w.npy --save-every 0 --json"
    mkdir "$method" "$method/whole" "$method/killed" && cd "$method/whole" || exit 99
    begun=$(date +%s.%N)
    # shellcheck disable=SC2086
    "$THALWEG" $train >out 2>err || fail "$method: $(cat err)"
    took=$(awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
    cd ../killed || exit 99
    killed=0 resumed=0 finished=0
    while [ "$killed" -lt "$kills" ] || [ "$finished" -eq 0 ]; do
        pause=$(awk -v r="$(random)" -v most="$took" 'BEGIN { printf "%.4f", most * r / 10000 }')
        [ "$killed" -lt "$kills" ] || pause=600
        # shellcheck disable=SC2086
        timeout -s KILL "$pause" "$THALWEG" $train >out 2>err
        code=$?
        resumed=$((resumed + $(grep -c "^continuing 'w.npy.unfinished': [1-9]" err)))
        if [ "$code" -eq 0 ]; then
            for file in w.npy l.csv t.h5; do
                cmp "$file" "../whole/$file" || fail "$method: other bytes after $killed kills"
            done
            for word in loss accuracy steps epochs test_loss test_accuracy stop kept evaluations notes; do
                [ "$(grep -o "\"$word\": [^\"]*" out)" = "$(grep -o "\"$word\": [^\"]*" ../whole/out)" ] ||
                    fail "$method: '$word' differs after $killed kills: $(cat out ../whole/out)"
            done
            [ -z "$(find . -name '*.unfinished*' -o -name '*.part')" ] || fail "$method: $(ls)"
            finished=$((finished + 1))
            rm -f w.npy l.csv t.h5
            continue
        fi
        [ "$code" -eq 137 ] || { fail "$*: $code, $(cat err)"; break; }
        killed=$((killed + 1))
        [ ! -e t.h5 ] || "$THALWEG" info t.h5 >info || fail "$method: t.h5 cannot be read after a kill"
    done
    all_killed=$((all_killed + killed))
    echo "$method: $killed kills, $resumed times gone on, $finished times finished with the same bytes"
    cd ../..
}

data="softmax --data synthetic:300"
hurt local-search $data -n 60
hurt adam mlp:8 --data synthetic:200 -n 60
if [ -n "${KILLS:-}" ]; then
    hurt random-search $data -n 60
    hurt gd $data -n 60
    hurt sgd $data -n 60
    hurt momentum $data -n 60
    hurt nesterov mlp:8 --data synthetic:200 -n 60
    hurt adagrad $data -n 60
    hurt rmsprop $data -n 60
fi
if "$THALWEG" train --help-all | tr '\n' ' ' | grep -q 'adam,* *lbfgs'; then
    hurt lbfgs $data -n 60
fi
echo "$all_killed kills"

# ---- Ctrl-C: all files are there, it is said how to go on, and it goes on; --restart begins anew
"$THALWEG" train $data -m adam -n 300 -o whole.npy --log whole.csv -q >/dev/null || fail "whole"
for signal in INT:130 TERM:143 HUP:129; do
    interrupt "${signal%:*}" true train $data -m adam -n 100000 -o i.npy --log i.csv -q
    [ "$code" -eq "${signal#*:}" ] || fail "$signal: $code, $(cat "$scratch/err")"
    one_line "what it reached is in 'i.npy', 'i.csv', and the same command continues from there" "$signal"
done
expect 0 info i.npy.unfinished
grep -q "unfinished training" "$scratch/out" && grep -q "iterations done *[1-9]" "$scratch/out" || fail "info: $(cat "$scratch/out")"
# ---- another one is refused, and what differs is named
refused() {
    words=$1
    shift
    expect 2 train "$@" -o i.npy --log i.csv
    one_line "'i.npy.unfinished' is from another run: $words.*--restart starts again" "$*"
}
refused "iterations is '100000' there and '300' here" $data -m adam -n 300
refused "method is 'adam' there and 'sgd' here" $data -m sgd -n 100000
refused "seed is '0' there and '1' here" $data -m adam -n 100000 --seed 1
refused "step is not given there and '0.1' here" $data -m adam -n 100000 --step 0.1
refused "data is 'synthetic:300' there and 'synthetic:301' here" softmax --data synthetic:301 -m adam -n 100000
expect 0 train $data -m adam -n 300 -o i.npy --log i.csv -q --restart
cmp i.npy whole.npy || fail "--restart ends elsewhere"
[ ! -e i.npy.unfinished ] || fail "--restart: $(ls)"
mkdir i.npy.unfinished
expect 3 train $data -m adam -n 3 -o i.npy -q --restart
one_line "cannot remove 'i.npy.unfinished': Is a directory" "a directory in its place"
rmdir i.npy.unfinished

# ---- a save that fails after one that did not: the walk ends as ever, and leaves nothing
"$THALWEG" train rosenbrock:10 -m adam -n 900 --report-every 1 -o roomy.npy -q >/dev/null || fail "roomy.npy"
(
    ulimit -f 36 # of 512 or 1024 bytes
    trap '' XFSZ
    : >full.npy.unfinished.01234567.part # as one that was killed in a save leaves it
    "$THALWEG" train rosenbrock:10 -m adam -n 900 --report-every 1 -o full.npy --save-every 0 >/dev/null 2>err
) || fail "a full disk: $(cat err)"
cmp full.npy roomy.npy || fail "a full disk: other parameters"
[ "$(grep -c "note: it goes on, but can be resumed from its last save only: cannot write 'full.npy.unfinished'" err)" -eq 1 ] ||
    fail "a full disk: $(cat err)"
[ -z "$(find . -name 'full.npy.*')" ] || fail "a full disk: $(ls)"

# ---- nor is it the same one where the test data have changed, whose losses are in the log
split() { # SAMPLES TEST_SAMPLES: a folder in the layout of MNIST
    "$python" - "$@" <<'EOF'
import struct, sys
for name, count in (("train", int(sys.argv[1])), ("t10k", int(sys.argv[2]))):
    pixels = bytes(i * 37 % 251 for i in range(count * 4))
    open(f"{name}-images-idx3-ubyte", "wb").write(struct.pack(">4i", 0x803, count, 2, 2) + pixels)
    open(f"{name}-labels-idx1-ubyte", "wb").write(struct.pack(">2i", 0x801, count) + bytes(i % 3 for i in range(count)))
EOF
}
mkdir digits && cd digits && split 30 9 && cd .. || exit 99
interrupt INT true train softmax --data digits -m adam -n 1000000 -o d.npy -q
[ -e d.npy.unfinished ] || fail "digits: $(cat "$scratch/err")"
cd digits && split 30 6 && cd .. || exit 99
expect 2 train softmax --data digits -m adam -n 1000000 -o d.npy
one_line "'d.npy.unfinished' is from another run: test_data_hash is '[0-9a-f]*' there and '[0-9a-f]*' here.*--restart starts again" "other test data"

# ---- parameters read from the file that is written: what it began with is gone, so that it begins anew from what it reached
"$THALWEG" train $data -m adam -n 3 -o own.npy -q >/dev/null || fail "own.npy"
interrupt INT true train $data -m adam -n 100000 --weights own.npy -o own.npy -q
one_line "interrupted by signal 2 after" "--weights of its own"
! grep -q 'same command continues' "$scratch/err" && [ ! -e own.npy.unfinished ] || fail "--weights of its own: $(cat "$scratch/err")"
expect 0 train $data -m adam -n 3 --weights own.npy -o own.npy -q
finish
