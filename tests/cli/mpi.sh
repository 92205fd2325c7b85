#!/bin/sh
# mpi.sh SLOW_PROGRAM: surveys over the processes of mpirun. Skipped where there is no mpirun, or the
# build has no MPI.
. "$THALWEG_SOURCE/tests/cli/common.sh"
slow=$1
command -v mpirun >/dev/null || skip "no mpirun"
# root may start it, two cores carry three processes, and processes that only sleep need no core
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_btl_vader_single_copy_mechanism=none
unset OMPI_COMM_WORLD_SIZE PMIX_RANK
ranks() {
    count=$1
    shift
    timeout 600 mpirun -n "$count" "$THALWEG" "$@"
}
ranks 2 --version >"$scratch/out" 2>"$scratch/err" || skip "no two ranks: $(cat "$scratch/err")"
[ "$(cat "$scratch/out")" = "$("$THALWEG" --version)" ] || fail "two ranks: $(cat "$scratch/out")"

plane="--exec-size 2 --init normal:1 --norm none --x=-2:2:21 --y=-1:3:17 -q -o plane.h5"
svm="svm --data synthetic:3000 --reg 1e-3 --test --x=-1:1:101 --y=-1:1:81 -q -o plane.h5"

# ---- the bytes of one process, for ranks and threads
mkdir one two
(cd one && "$THALWEG" plane --exec "'$slow' 2000" $plane >out) || fail "one process"
(cd two && "$THALWEG" plane $svm >out) || fail "one process, svm"
for set in 2:2 3:1; do
    rm -rf many && mkdir many && cd many || exit 99
    ranks ${set%:*} plane --exec "'$slow' 2000" $plane --threads ${set#*:} >out 2>err || fail "$set: $(cat err)"
    cmp plane.h5 ../one/plane.h5 || fail "$set: other bytes"
    [ "$(grep -v seconds out)" = "$(grep -v seconds ../one/out)" ] || fail "$set: says other things: $(cat out err)"
    cd ..
done
cd many && rm plane.h5
ranks 2 plane $svm --threads 2 >out 2>err || fail "svm: $(cat err)"
cmp plane.h5 ../two/plane.h5 || fail "svm: other bytes"
cd ..

# ---- curvature, whose points begin where their neighbours end: pieces of a row go to one rank
mkdir curved && cd curved
curved="mlp:2 --data synthetic:40 --x=-1:1:26 --y=0:1:2 --curvature -o curved.h5 -q"
"$THALWEG" plane $curved >out 2>err || fail "curvature: $(cat err)"
mv curved.h5 alone.h5
ranks 2 plane $curved >out 2>err || fail "curvature, two ranks: $(cat err)"
cmp curved.h5 alone.h5 || fail "curvature, two ranks: other bytes"
cd ..

# ---- adaptive: the same points, the same bytes, continued from a part as well
sparse="svm --data synthetic:1000 --x=-10:10:65 --y=-10:10:49 --linear --adaptive 1% -o sparse.h5 --save-every 0"
"$THALWEG" plane $sparse >out 2>err || fail "adaptive, one process: $(cat err)"
mv sparse.h5 whole.h5
for count in 2 3; do
    ranks $count plane $sparse -q >many.out 2>err || fail "adaptive, $count ranks: $(cat err)"
    cmp sparse.h5 whole.h5 || fail "adaptive, $count ranks: other bytes"
    [ "$(grep -v seconds many.out)" = "$(grep -v seconds out)" ] || fail "adaptive: says other things: $(cat many.out)"
    rm sparse.h5
done
timeout -s KILL 0.3 "$THALWEG" plane $sparse -q >out 2>err
ranks 2 plane $sparse -q >many.out 2>err || fail "adaptive, continued: $(cat err)"
cmp sparse.h5 whole.h5 || fail "adaptive, continued: other bytes"

# ---- two ranks share the work: 2.2 s of sleep, and half of that for two. Sleeps so long that what else the
# machine does is little beside them; where it does much, for a while, once more
wide="--exec-size 2 --init normal:1 --norm none --x=-2:2:19 --y=-1:3:9 -q --json --threads 1"
for _ in 1 2 3 4 5; do
    "$THALWEG" plane --exec "'$slow' 10000" $wide >"$scratch/out"
    alone=$(sed 's/.*"seconds": \([0-9.]*\).*/\1/' "$scratch/out" | tail -1)
    ranks 2 plane --exec "'$slow' 10000" $wide >"$scratch/out" 2>"$scratch/err"
    pair=$(sed 's/.*"seconds": \([0-9.]*\).*/\1/' "$scratch/out" | tail -1)
    echo "171 points of 10 to 30 ms: alone $alone s, two ranks $pair s"
    awk -v a="$alone" -v b="$pair" 'BEGIN { exit !(b < 0.75 * a) }' && break
    pair=none
done
[ "$pair" != none ] || fail "two ranks are no faster"

# ---- a complete file, another run, a part: as with one process
cd one && cp plane.h5 kept.h5
ranks 2 plane --exec "'$slow' 2000" $plane --json >"$scratch/out" 2>"$scratch/err" || fail "complete: $(cat "$scratch/err")"
json "o['continued'] == 357"
ranks 2 plane --exec "'$slow' 2000" $plane --seed 3 >"$scratch/out" 2>"$scratch/err" && fail "another run was accepted"
[ "$(grep -c '^thalweg: plane: .*is from another run: seed' "$scratch/err")" -eq 1 ] || fail "another run: $(cat "$scratch/err")"
cmp plane.h5 kept.h5 || fail "another run changed the file"
cd ..

# ---- a rank that dies: the job ends, the file is whole, the same command goes on
mkdir ref && (cd ref && "$THALWEG" plane --exec "'$slow' 4000" $plane >/dev/null) || fail "reference"
for who in 0 1; do
    rm -rf dead && mkdir dead && cd dead || exit 99
    # it dies when the file is there and the programs of both are held in the midst of their work
    cat >one.sh <<SCRIPT
[ "\$OMPI_COMM_WORLD_RANK" = $who ] && {
    for i in \$(seq 2400); do [ -e plane.h5 ] && [ -e gate.reached ] && break; sleep 0.05; done
    kill -9 \$\$
} &
exec "$THALWEG" "\$@"
SCRIPT
    : >gate
    SLOW_GATE=60:gate timeout 600 mpirun -n 2 sh one.sh plane --exec "'$slow' 4000" $plane --threads 1 --save-every 0 >out 2>err &&
        fail "rank $who was killed and nobody noticed"
    rm -f gate
    "$THALWEG" info plane.h5 >info || fail "rank $who was killed, and the file cannot be read"
    ranks 2 plane --exec "'$slow' 4000" $plane --threads 1 --save-every 0 --json >"$scratch/out" 2>"$scratch/err" ||
        fail "after rank $who was killed: $(cat "$scratch/err")"
    json "0 < o['continued'] < 357"
    cmp plane.h5 ../ref/plane.h5 || fail "after rank $who was killed: other bytes"
    cd ..
done

# ---- ranks that are not at the same work; arguments that are wrong; a failing model
only() {
    [ "$(grep -c '^thalweg: ' "$scratch/err")" -eq 1 ] || fail "$2: not one line of ours: $(cat "$scratch/err")"
    grep -Eq -- "$1" "$scratch/err" || fail "$2: $(cat "$scratch/err")"
}
small="--x=-1:1:9 -q --json"
timeout 600 mpirun -n 1 "$THALWEG" slice --data synthetic:20 $small : -n 1 "$THALWEG" slice --data synthetic:21 $small \
    >"$scratch/out" 2>"$scratch/err" && fail "ranks with other data went on"
only "rank 1 is not doing the same work: 'data: synthetic:21' there and 'data: synthetic:20' here" "other data"
timeout 600 mpirun -n 1 "$THALWEG" slice --data synthetic:20 $small : -n 1 "$THALWEG" slice --data nowhere $small \
    >"$scratch/out" 2>"$scratch/err" && fail "a rank without data went on"
only "rank 1: .*nowhere.*No such file" "a rank without data"
ranks 2 slice --data synthetic:20 --x=1 --json >"$scratch/out" 2>"$scratch/err" && fail "a bad axis"
only "--x" "a bad axis"
ranks 2 slice --data synthetic:20 -o missing/a.h5 >"$scratch/out" 2>"$scratch/err" && fail "no folder"
only "missing/a.h5': No such file" "no folder"
ranks 2 slice --exec "read x; echo 1; read x; echo 2" --exec-size 2 --init normal:1 --norm none $small >"$scratch/out" 2>"$scratch/err" &&
    fail "a program that stops"
only "program" "a program that stops"

# ---- other commands are run once
ranks 2 eval --data synthetic:20 --json >"$scratch/out" 2>"$scratch/err" || fail "eval: $(cat "$scratch/err")"
[ "$(grep -c '"loss"' "$scratch/out")" -eq 1 ] || fail "eval spoke twice"
finish
