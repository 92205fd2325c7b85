#!/bin/sh
# landscape.sh PROGRAM: thirty lines of C (examples/landscape.c) make the file of 'thalweg plane', but
# for the command in it, say its notes, and go on with what either has left behind.
. "$THALWEG_SOURCE/tests/cli/common.sh"
program=$1
data=synthetic:400

expect 0 train mlp:64 --data $data --iterations 12 --step 0.1 --every 1 --trajectory a.h5 -q
arguments="mlp:64 --data $data --trajectory a.h5 --adaptive 1%"
expect 0 plane $arguments -o tool.csv
grep '^note: ' "$scratch/err" >tool.notes
[ -s tool.notes ] || fail "no note of the tool: the test tells nothing"

# ---- text: every byte but the command
"$program" $data a.h5 program.csv >program.notes || fail "the program: exit code $?"
grep -v '^# command' tool.csv >tool.text
grep -v '^# command' program.csv >program.text
cmp tool.text program.text || fail "other bytes than the tool's"
grep -v 'cannot hold the paths' tool.notes | cmp - program.notes || fail "other notes: $(cat program.notes)"

# ---- HDF5: a complete file is complete for the other one, whichever made it
expect 0 plane $arguments -o tool.h5 -q
"$program" $data a.h5 program.h5 >out || fail "the program, HDF5: exit code $?"
[ "$(wc -c <tool.h5)" -ge "$(wc -c <program.h5)" ] || fail "HDF5: more bytes than the tool's"
expect 0 plane $arguments -o program.h5
grep -q 'is complete: there is nothing left' "$scratch/err" || fail "the tool computes anew: $(cat "$scratch/err")"
cp tool.h5 same.h5
"$program" $data a.h5 same.h5 >out || fail "the program, on the tool's file: exit code $?"
cmp same.h5 tool.h5 || fail "the program writes a complete file anew"
expect 0 convert tool.h5 tool.h5.csv
expect 0 convert program.h5 program.h5.csv
grep -v '^# command' tool.h5.csv >tool.text
grep -v '^# command' program.h5.csv >program.text
cmp tool.text program.text || fail "HDF5: other values or another provenance"
if have_arrays; then
    "$python" - <<'PYTHON' || fail "HDF5: other paths"
import h5py, numpy as np
a, b = (h5py.File(name)["thalweg/paths"] for name in ("tool.h5", "program.h5"))
names = []
a.visit(names.append)
assert "0/plane_loss" in names
for name in names:
    if isinstance(a[name], h5py.Dataset):
        x, y = a[name][()], b[name][()]
        assert x.shape == y.shape and x.tobytes() == y.tobytes() or x.dtype == object and list(x) == list(y), name
PYTHON
fi

# ---- killed at once and after a while, and continued by the other
for seconds in 0.02 0.1 0.3; do
    rm -f cut.csv
    timeout -s KILL $seconds "$program" $data a.h5 cut.csv >out 2>&1
    expect 0 plane $arguments -o cut.csv -q
    grep -v '^# command' cut.csv | grep -v '^# ' >cut.text
    grep -v '^# ' tool.csv | cmp - cut.text || fail "killed after $seconds s, and continued: other bytes"
done

# ---- refused as the tool refuses
"$program" $data missing.h5 out.h5 >out 2>err && fail "a trajectory that is not there"
expect 3 plane mlp:64 --data $data --trajectory missing.h5 -o out.h5
[ "thalweg: plane: $(cat err)" = "$(cat "$scratch/err")" ] || fail "says: $(cat err)"
finish
