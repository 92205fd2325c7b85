#!/bin/sh
# resume.sh SLOW_PROGRAM: surveys that are interrupted at any instant go on where they were, and end
# with the bytes of one that was left alone. $KILLS (8): how many runs are killed.
. "$THALWEG_SOURCE/tests/cli/common.sh"
slow=$1
kills=${KILLS:-8}

# A number from 0 to 9999 that differs from call to call and from run to run.
random() {
    od -An -N2 -tu2 /dev/urandom | tr -d ' ' | awk '{ print $1 % 10000 }'
}

# seconds COMMAND...: how long it takes, in $took.
seconds() {
    begun=$(date +%s.%N)
    "$@" >"$scratch/out" 2>"$scratch/err" || fail "$*: $(cat "$scratch/err")"
    took=$(awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
}

# hurt FILE REFERENCE COMMAND...: kills the command after 0 ... $took s, until that was done $kills
# times; whenever it comes to its end FILE has the bytes of REFERENCE, and it begins anew. After a
# kill FILE is absent or can be read.
hurt() {
    file=$1 reference=$2
    shift 2
    killed=0 partial=0 finished=0
    begun=$(date +%s.%N)
    while [ "$killed" -lt "$kills" ] || [ "$finished" -eq 0 ]; do
        pause=$(awk -v r="$(random)" -v most="$took" 'BEGIN { printf "%.4f", most * r / 10000 }')
        [ "$killed" -lt "$kills" ] || pause=600
        timeout -s KILL "$pause" "$@" >"$scratch/out" 2>"$scratch/err"
        code=$?
        if [ "$code" -eq 0 ]; then
            cmp "$file" "$reference" || fail "$file: other bytes after $killed kills"
            finished=$((finished + 1))
            rm -f "$file"
            continue
        fi
        [ "$code" -eq 137 ] || { fail "$*: $(cat "$scratch/err")"; break; }
        killed=$((killed + 1))
        [ -e "$file" ] || continue
        "$THALWEG" info "$file" >"$scratch/info" || fail "$file cannot be read after a kill"
        partial=$((partial + 1))
    done
    awk -v a="$begun" -v b="$(date +%s.%N)" -v n="$killed" -v f="$finished" -v t="$took" -v p="$partial" -v file="$file" 'BEGIN {
        printf "%s: %d kills, readable after %d of them, %d times finished with the same bytes; %.2f s lost a kill (start-up included)\n",
            file, n, p, f, (b - a - f * t) / n }'
}

# ---- a program that takes 1 to 3 ms for a point
plane="--exec-size 2 --dx random --dy random --init normal:1 --norm none --x=-2:2:21 --y=-1:3:17 -q"
exec_plane() {
    "$THALWEG" plane --exec "'$slow' 1000" $plane "$@"
}
seconds exec_plane -o whole.h5
for threads in 1 2 5; do
    # the file name stands in the command line, which the file holds
    mkdir "t$threads" && (cd "t$threads" && exec_plane -o whole.h5 --threads $threads >/dev/null) || fail "threads"
    cmp whole.h5 "t$threads/whole.h5" || fail "$threads threads: other bytes"
done
for threads in 1 2; do
    mkdir "k$threads" && cd "k$threads" || exit 99
    hurt whole.h5 ../whole.h5 "$THALWEG" plane --exec "'$slow' 1000" $plane -o whole.h5 --threads $threads \
        --save-every 0
    cd ..
done

# ---- a classifier
svm="svm --data synthetic:3000 --reg 1e-3 --x=-1:1:301 --y=-1:1:241 -q"
seconds "$THALWEG" plane $svm -o svm.h5
mkdir svm && cd svm || exit 99
hurt svm.h5 ../svm.h5 "$THALWEG" plane $svm -o svm.h5 --save-every 0
cd ..

# midway COUNT SIGNAL ARGUMENT...: gets the signal when one of its programs is at that value, which
# of many programs none would come to.
midway() {
    SLOW_GATE=$1:$scratch/gate
    shift
    export SLOW_GATE
    : >"$scratch/gate" && rm -f "$scratch/gate.reached"
    first=$1
    shift
    interrupt "$first" '[ -e "$scratch/gate.reached" ]' "$@" --exec-workers 2
    unset SLOW_GATE
}

# ---- signals that can be caught: saved, told how to go on, exit code 128 + signal
for signal in INT:130 TERM:143 HUP:129; do
    rm -f signal.h5
    midway 20 "${signal%:*}" plane --exec "'$slow' 10000" $plane -o signal.h5
    [ "$code" -eq "${signal#*:}" ] || fail "$signal: exit code $code"
    one_line "interrupted by signal .*'signal.h5' has [0-9]+ of 357 points, and the same command continues" "$signal"
done
"$THALWEG" plane --exec "'$slow' 10000" $plane -o signal.h5 --json >"$scratch/out"
json "0 < o['continued'] < 357 and o['points'] == 357 and o['not_finite'] == 0"

# ---- coarse to fine: what is there after an interruption covers the plane
rm -f coarse.h5
midway 60 TERM plane --exec "'$slow' 5000" $plane -o coarse.h5
[ "$code" -eq 143 ] || fail "the interrupted plane: exit code $code"
have_arrays && { "$python" - coarse.h5 <<'PYTHON' || fail "the interrupted plane is no picture"; }
import h5py, sys
done = h5py.File(sys.argv[1], "r")["thalweg/computed"][()]
assert done[0, 0] and done[-1, -1] and done[0, -1] and done[-1, 0] and done[8, 10], done
PYTHON

# ---- a complete file: nothing is computed, nothing written
before=$(stat -c %Y-%i whole.h5)
expect 0 plane --exec "'$slow' 1000" $plane -o whole.h5 --json
json "o['continued'] == o['points'] == 357"
[ "$before" = "$(stat -c %Y-%i whole.h5)" ] || fail "a complete file was written again"

# ---- another run: refused, saying what differs; the file stays
cp whole.h5 ../kept.h5
stays() {
    pattern=$1
    shift
    expect 2 "$@"
    one_line "$pattern" "$*"
    grep -q -- '--restart' "$scratch/err" || fail "$*: no remedy"
    cmp whole.h5 ../kept.h5 || fail "$*: the file was changed"
}
one() {
    words=$1
    shift
    stays "$words" plane --exec "'$slow' 1000" --exec-size 2 --dx random --dy random --init normal:1 --norm none \
        --x=-2:2:21 --y=-1:3:17 -q -o whole.h5 "$@"
}
one "seed is '0' there and '1' here; also different: point_hash, dx_hash, dy_hash" --seed 1
one "x is '-2:2:21' there and '-2:2:22' here" --x=-2:2:22
one "init is 'normal:1' there and 'zero' here" --init zero
one "norm is 'none' there and 'model' here" --norm model
stays "y is '-1:3:17' there and not given here" slice --exec "'$slow' 1000" --exec-size 2 --dx random --init normal:1 \
    --norm none --x=-2:2:21 -q -o whole.h5
stays "model is" plane himmelblau --norm none --init normal:1 --x=-2:2:21 --y=-1:3:17 -q -o whole.h5
"$THALWEG" slice -q --data synthetic:20 --x=-1:1:3 -o data.h5 >/dev/null || fail "data.h5"
cp data.h5 ../data.h5
for other in "--data synthetic:21" "--limit 19 --data synthetic:20" "--data synthetic:20 --classes 0,1"; do
    expect 2 slice -q --x=-1:1:3 -o data.h5 $other
    one_line "is from another run: (data|classes|samples) is" "$other"
done
cmp data.h5 ../data.h5 || fail "data.h5 was changed"
# an option that only the file has comes before the hashes
"$THALWEG" slice -q --data synthetic:20 --scale 2 --x=-1:1:3 -o scaled.h5 >/dev/null || fail "scaled.h5"
expect 2 slice -q --data synthetic:20 --x=-1:1:3 -o scaled.h5
one_line "is from another run: scale is '2' there and not given here; also different: dx_hash" "an option less"
# weights of the same name, other numbers
"$THALWEG" train -q --data synthetic:20 --iterations 1 -o w.npy >/dev/null || fail "w.npy"
"$THALWEG" slice -q --data synthetic:20 --weights w.npy --dx w.npy --x=-1:1:3 -o w.h5 >/dev/null || fail "w.h5"
"$THALWEG" train -q --data synthetic:20 --iterations 2 -o w.npy >/dev/null || fail "w.npy"
expect 2 slice -q --data synthetic:20 --weights w.npy --dx w.npy --x=-1:1:3 -o w.h5
one_line "point_hash is .*; also different: dx_hash" "changed weights"
# other files
cp w.npy weights.h5
expect 3 slice -q --data synthetic:20 --x=-1:1:3 -o weights.h5
one_line "'weights.h5': not an HDF5 file; it is a .npy array; give another -o, or --restart to replace it" "no HDF5"
cmp -s w.npy weights.h5 || fail "a file that is no surface was replaced"
head -c 2000 whole.h5 >cut.h5
expect 3 slice -q --data synthetic:20 --x=-1:1:3 -o cut.h5
one_line "cut.h5.*--restart" "a damaged file"

# ---- --restart
expect 0 slice -q --data synthetic:20 --x=-1:1:3 -o cut.h5 --restart
cp cut.h5 ../cut.h5
mkdir again && (cd again && "$THALWEG" slice -q --data synthetic:20 --x=-1:1:3 -o cut.h5 >/dev/null) || fail "again"
cmp cut.h5 again/cut.h5 || fail "--restart leaves other bytes"
expect 0 slice --data synthetic:20 --x=-1:1:3 -o cut.h5
grep -q "'cut.h5' is complete" "$scratch/err" || fail "no word of a complete file"

# ---- a disk that is full: one line, the old file stays. A limit on the size of files will do.
exec_plane -o full.h5 >/dev/null
cp full.h5 ../full.h5
(ulimit -f 8; trap '' XFSZ; exec_plane -o full.h5 --restart --save-every 0) >"$scratch/out" 2>"$scratch/err"
code=$?
[ "$code" -eq 3 ] || fail "a full disk: exit code $code"
one_line "cannot write 'full.h5': File too large" "a full disk"
cmp full.h5 ../full.h5 || fail "a full disk: the old file was changed"
[ ! -e full.h5.part ] || fail "a full disk: full.h5.part is left"
finish
