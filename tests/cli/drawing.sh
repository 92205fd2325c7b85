#!/bin/sh
# Results as pictures and for ParaView: what convert, plot and the ends of surveys make of them.
. "$THALWEG_SOURCE/tests/cli/common.sh"
small="--data synthetic:300"
at="mlp:8 $small --init he --seed 1"

expect 0 train $at --method sgd --iterations 60 --report-every 6 --trajectory sgd-run.h5 --log sgd.csv
expect 0 train $at --method adam --iterations 60 --report-every 6 --trajectory adam-run.h5 --log adam.csv
expect 0 plane mlp:8 $small --seed 1 --trajectory sgd-run.h5,adam-run.h5 --x=-3:3:13 --y=-3:3:9 -o paths.h5
expect 0 plane mlp:8 $small --seed 1 --trajectory sgd-run.h5 --x=-3:3:13 --y=-3:3:9 \
    --projection proj.h5 -o plane.h5

# ---- for ParaView: the loss as the height, whatever the order of the metrics
# heights FILE EXPRESSION: over z (heights) and the arrays of a .vts file.
heights() {
    have_arrays || return 0
    "$python" - "$THALWEG_SOURCE/tests/file" "$1" "$2" <<'PYTHON' || fail "$1: not so: $2"
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import numpy as np, outside
*_, parts = outside.read_vtk_xml(sys.argv[2])
z = parts["Points"]["points"][:, 2]
sys.exit(0 if eval(sys.argv[3], {"z": z, "np": np, **parts["PointData"]}) else 1)
PYTHON
}
expect 0 convert plane.h5 plane.vts
heights plane.vts '(z == train_loss).all()'
expect 0 convert plane.h5 log.vts --log --metric train_data_loss
heights log.vts 'np.allclose(10 ** z, train_data_loss, rtol=1e-12)'
expect 0 convert plane.h5 plane.vtk --log
grep -q "note" "$scratch/err" || fail "convert: the path of plane.h5 is lost in silence"
peer=$shared/reference/resnet20-plane/surface.h5
if [ -f "$peer" ]; then
    expect 0 convert "$peer" peer.vts # its train_acc comes first
    heights peer.vts '(z == train_loss).all() and z.max() > 400'
    expect 0 convert "$peer" peer.vts --metric train_acc
    heights peer.vts '(z == train_acc).all()'
fi
expect 0 convert paths.h5 paths.vtp --log
heights paths.vtp 'len(z) == 22 and np.isfinite(loss).all() and (checkpoint[[0, 11]] == 0).all()'
expect 0 convert proj.h5 proj.vtp
heights proj.vtp 'len(z) == 11 and (z == 0).all()'
if have_arrays; then
    "$python" -c 'import h5py, numpy
f = h5py.File("plane.h5", "r+")
keep = numpy.zeros((9, 13), bool)
keep[::2, ::3] = True
for n in list(f):
    if n.endswith(("loss", "acc", "regularizer")):
        f[n][:] = numpy.where(keep, f[n][:], -1)
f["thalweg/computed"][:] = keep' || fail "a part of plane.h5"
    expect 0 convert plane.h5 part.vts
    grep -q "not complete; 'part.vts' has the finest grid that is, 25 of 117 points" "$scratch/err" ||
        fail "convert of a part: $(cat "$scratch/err")"
    heights part.vts 'len(z) == 25 and computed.all()'
fi
table <<'END'
2 | unknown metric 'loss'; there are: train_loss, | $THALWEG convert plane.h5 a.vts --metric loss
2 | --metric: only what goes from a surface to .vts, .vtk or .vtp | $THALWEG convert plane.h5 a.csv --metric train_loss
2 | --log: only what goes from a surface | $THALWEG convert proj.h5 a.vtp --log
2 | 'sgd.csv' is a table of kind 'descent'; projections go to .vtp | $THALWEG convert sgd.csv a.vtp
END

finish
