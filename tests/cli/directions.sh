#!/bin/sh
# Directions: where they come from, their rules, files of them, and results in other formats.
. "$THALWEG_SOURCE/tests/cli/common.sh"

data="--data synthetic:100"
grid="--x=-1:1:5 --y=-1:1:3"
expect 0 train $data -n 30 -o w.npy --json
cp "$scratch/out" trained

# ---- towards other weights: the slice ends at their loss, whatever the point
expect 0 slice $data --init normal:0.01 --dx to:w.npy --x=0:1:3 --json
json 'close(o["minimum"], json.load(open("trained"))["loss"], 1e-9) and o["minimum_at"] == [1]'

# ---- files of directions
expect 0 plane $data $grid --norm filter -o a.h5 --save-directions d.h5 --json
json '0 < o["angle"] < 180 and close(math.cos(math.radians(o["angle"])), o["cosine"], 1e-6)'
expect 0 plane $data $grid --norm filter -o b.h5 --save-directions e.h5 --threads 1 --json
expect 0 plane $data $grid --directions d.h5 -o c.h5 --save-directions f.h5 --json
expect 0 plane $data $grid --dx d.h5 --dy d.h5 -o g.h5 --json
expect 0 slice $data --x=-1:1:5 --directions d.h5 -o s.h5 --save-directions h.npz --json
expect 0 plane $data $grid --orthogonal --norm filter --save-directions o.h5 --json
json 'close(o["angle"], 90, 1e-13) and abs(o["cosine"]) < 1e-15'
expect 0 plane $data $grid --orthogonal --dx gradient -o t.h5
grep -q '^angle  *90.0000 degrees between the axes' "$scratch/out" || fail "no angle: $(cat "$scratch/out")"
if have_arrays; then
    "$python" - <<'PYTHON' || fail "directions"
import h5py, numpy as np
open5 = lambda name: h5py.File(name, "r")
read = lambda name: [open5(name)[g]["0"][()] for g in ("xdirection", "ydirection")]
d, e, f, o = (read(name + ".h5") for name in "defo")
for k in range(2):
    assert d[k].shape == (3073, 10) and open5("d.h5")["xdirection/0"].attrs["name"] == "W"
    assert np.array_equal(d[k], e[k]) and np.array_equal(d[k], f[k])  # threads; through a file
assert np.array_equal(np.load("h.npz")["xdirection/W"], d[0])
x, y = (v.ravel() for v in d)
angle = np.degrees(np.arccos(x @ y / np.linalg.norm(x) / np.linalg.norm(y)))
attributes = open5("d.h5")["thalweg"].attrs
assert abs(float(attributes["angle"]) - angle) < 1e-9 and attributes["norm"] == "filter"
assert abs(float(attributes["y_length"]) - np.linalg.norm(y)) < 1e-12
# columns are filters: the draws of an axis, each as long as the column of the point
right = y - (x @ y) / (x @ x) * x
right *= np.linalg.norm(y) / np.linalg.norm(right)
assert np.array_equal(o[0], d[0]) and np.allclose(o[1].ravel(), right, rtol=1e-12, atol=1e-18)
for name in "train_loss", "train_acc":
    a = open5("a.h5")[name][()]
    for other in "bcg":
        assert np.array_equal(a, open5(other + ".h5")[name][()]), other
    assert np.array_equal(a[1], open5("s.h5")[name][()])
assert open5("a.h5")["dir_file"][()] == b"d.h5" and open5("c.h5")["dir_file"][()] == b"f.h5"
assert open5("c.h5")["thalweg"].attrs["dx"] == "d.h5"
PYTHON
    # the peer's files: lists of float32 tensors
    "$python" - <<'PYTHON' || fail "the peer's file"
import h5py
with h5py.File("d.h5") as d, h5py.File("peer.h5", "w") as f, h5py.File("line.h5", "w") as g:
    f.create_dataset("xdirection/0", data=d["xdirection/0"][()], dtype="f4")
    f.create_dataset("ydirection/0", data=d["ydirection/0"][()], dtype="f4")
    g.create_dataset("xdirection/0", data=d["ydirection/0"][()], dtype="f4")
PYTHON
    expect 0 plane $data $grid --directions peer.h5 --json
    cp "$scratch/out" peer
    json 'close(o["center"], json.load(open("peer"))["center"])'
    expect 0 plane $data $grid --dx peer.h5 --dy line.h5 --json
    json '[o[k] for k in ("minimum", "maximum", "angle")] == [json.load(open("peer"))[k] for k in ("minimum", "maximum", "angle")]'
    refuse 2 "has one direction, and a plane needs two" "\$THALWEG plane $data $grid --json --directions line.h5"
fi

# of another run, neither file is touched
cp d.h5 before.h5
run plane $data $grid --norm layer -o a.h5 --save-directions d.h5
[ "$code" -eq 2 ] || fail "another norm: exit code $code"
cmp -s d.h5 before.h5 || fail "directions of a refused run were written"

# ---- rules: biases ignored, the peer's
expect 0 plane $data $grid --ignore biasbn --json
expect 0 plane $data $grid --ignore none --peer-rules --norm layer --json
expect 0 plane rosenbrock:4 --peer-rules --x=0:1:3 --y=0:1:3 --json
json 'o["angle"] == 0' # its only block has one axis, and is copied from the point

# ---- several blocks: a network with biases that are not zero
expect 0 train mlp:6 $data -n 5 -o net.h5
for way in "f --norm filter" "i --norm filter --ignore biasbn" "p --norm filter --peer-rules" "l --norm layer --ignore biasbn"; do
    expect 0 plane mlp:6 $data $grid --weights net.h5 --save-directions "net-${way%% *}.h5" ${way#* } --json
done
refuse 3 "tensor 0 of xdirection is 'fc1.weight', but the model has 'W' there|has 4 tensors, but the model has 1" \
    "\$THALWEG plane $data --json --directions net-f.h5"
refuse 3 "net-f.h5.*shape" "\$THALWEG plane mlp:7 $data --json --directions net-f.h5"
if have_arrays; then
    "$python" - <<'PYTHON' || fail "directions of a network"
import h5py, numpy as np
names = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
with h5py.File("net.h5") as f:
    w = [f["weights"][name][()] for name in names]
def axes(way):
    with h5py.File(f"net-{way}.h5") as f:
        assert [f[f"xdirection/{k}"].attrs["name"] for k in range(4)] == names
        return [[f[g][str(k)][()] for k in range(4)] for g in ("xdirection", "ydirection")]
rows = lambda a: np.linalg.norm(a, axis=1)
assert all(np.abs(w[k]).max() > 0 for k in range(4))
for x in axes("f"):
    assert all(np.allclose(rows(x[k]), rows(w[k]), rtol=1e-8) for k in (0, 2))
    assert all(np.isclose(np.linalg.norm(x[k]), np.linalg.norm(w[k]), rtol=1e-6) for k in (1, 3))
for x, filtered in zip(axes("i"), axes("f")):
    assert all(np.array_equal(x[k], filtered[k]) for k in (0, 2)) and not x[1].any() and not x[3].any()
for x, filtered in zip(axes("p"), axes("f")):
    assert all(np.array_equal(x[k], (filtered if k % 2 == 0 else w)[k]) for k in range(4))
for x in axes("l"):
    assert all(np.isclose(np.linalg.norm(x[k]), np.linalg.norm(w[k]), rtol=1e-13) for k in (0, 2)) and not x[1].any()
PYTHON
fi

# ---- other formats, there and back, byte by byte
for file in a.h5 s.h5; do
    for ending in npz csv; do
        expect 0 convert $file "out.$ending"
        expect 0 convert "out.$ending" back.h5
        cmp -s back.h5 $file || fail "$file by .$ending is another file"
    done
    expect 0 convert $file out.vtk --json
    json 'o == {"from": "'$file'", "to": "out.vtk", "kind": "surface"}'
    expect 0 info out.npz out.csv --json
    json 'o["files"][0]["metrics"] == o["files"][1]["metrics"] and len(o["files"][0]["metrics"]) == 4'
done
run plot out.csv -o out.png
[ "$code" -eq 0 ] || grep -q 'need Cairo' "$scratch/err" || fail "plot out.csv: $(cat "$scratch/err")"
expect 0 convert d.h5 d.npz
expect 0 convert d.npz back.h5
cmp -s back.h5 d.h5 || fail "directions by .npz are another file"
expect 0 convert w.npy w.npz
expect 0 convert w.npz w.h5
expect 0 convert w.h5 back.npy
cmp -s back.npy w.npy || fail "parameters by .npz and .h5 are another file"
expect 0 eval $data --weights w.npz --json
json 'close(o["loss"], json.load(open("trained"))["loss"])'
expect 0 steps $data -m analytic -o steps.csv
expect 0 convert steps.csv steps.h5
expect 0 convert steps.h5 back.csv
cmp -s back.csv steps.csv || fail "a table by .h5 is another file"
printf '# thalweg projection\nproj_xcoord,proj_ycoord,step\n0,1,0\n2,3,100\n' >path.csv
expect 0 convert path.csv path.h5
expect 0 convert path.h5 back.csv
cmp -s back.csv path.csv || fail "a projection by .h5 is another file"

expect 0 info d.h5 h.npz w.npz path.h5 --json
json '[f["kind"] for f in o["files"]] == ["directions", "directions", "parameters", "table"]'
json 'o["files"][0]["directions"] == 2 and o["files"][1]["directions"] == 1'
json 'o["files"][0]["x_blocks"][0]["name"] == "W" and o["files"][0]["x_blocks"][0]["shape"] == [3073, 10]'
json 'close(o["files"][0]["x_length"], o["files"][0]["x_blocks"][0]["norm"])'
json 'o["files"][2]["blocks"][0]["name"] == "W" and o["files"][2]["parameters"] == 30730'
expect 0 info d.h5 w.npz
for word in angle x_length '3073 x 10, norm' 'made by'; do
    grep -q "$word" "$scratch/out" || fail "info: no '$word'"
done

# ---- what cannot be
in=$scratch/in
mkdir "$in"
cp a.h5 d.h5 s.h5 steps.csv "$in"
head -c 5000 d.h5 >"$in/cut.h5"
head -c 5000 h.npz >"$in/cut.npz"
echo text >"$in/text.h5"
"$THALWEG" plane -q $data --classes 0,1,2 $grid --json --save-directions "$in/three.h5" >"$scratch/out" || fail three
"$THALWEG" slice -q rosenbrock:4 --json --save-directions "$in/four.h5" >"$scratch/out" || fail four
table <<'END'
3 | --directions: .*three.h5.*shape \(3073, 3\), but block 'W' of the model is \(3073, 10\) | $THALWEG plane $data --json --directions $in/three.h5
3 | --directions: .*four.h5.*is 'x', but the model has 'W' there; the file is of another model | $THALWEG plane $data --json --directions $in/four.h5
3 | --dx: .*four.h5.*another model | $THALWEG slice $data --json --dx $in/four.h5
3 | --dy: .*three.h5.*shape | $THALWEG plane $data --json --dy $in/three.h5
3 | cut.h5 | $THALWEG plane $data --json --directions $in/cut.h5
3 | cut.npz | $THALWEG slice $data --json --directions $in/cut.npz
3 | text.h5.*HDF5 | $THALWEG slice $data --json --directions $in/text.h5
3 | a.h5.*no group 'xdirection' | $THALWEG slice $data --json --directions $in/a.h5
3 | nowhere.h5.*No such file | $THALWEG slice $data --json --directions nowhere.h5
3 | --dx: .*nowhere.npy.*No such file | $THALWEG slice $data --json --dx to:nowhere.npy
3 | --dx: 'to'|--dx: .*'' | $THALWEG slice $data --json --dx to:
3 | 'missing/d.h5': No such file | $THALWEG slice $data --json --save-directions missing/d.h5
3 | No space left | $THALWEG slice $data --json --save-directions /dev/full
2 | --save-directions 'd.npy': the name must end in .h5 or .npz | $THALWEG slice $data --json --save-directions d.npy
2 | --directions and --dx cannot be used together | $THALWEG slice $data --json --directions d.h5 --dx random
2 | --repeats and --save-directions cannot be used together | $THALWEG slice $data --json --repeats 3 --save-directions d.h5
2 | --repeats draws directions; it cannot be used with --directions .*d.h5 | $THALWEG slice $data --json --repeats 3 --directions $in/d.h5
2 | --directions and --dy cannot be used together | $THALWEG plane $data --json --directions d.h5 --dy random
2 | --scale and --peer-rules cannot be used together | $THALWEG slice $data --json --scale 1 --peer-rules
2 | the peer has no norm 'model' | $THALWEG slice $data --json --norm model --peer-rules
2 | --ignore: unknown name 'biasbm'; did you mean 'biasbn' | $THALWEG slice $data --json --ignore biasbm
2 | --ignore biasbn leaves nothing | $THALWEG slice rosenbrock:4 --json --ignore biasbn
2 | --orthogonal: the axes are parallel | $THALWEG plane $data --json --dx gradient --dy gradient --orthogonal
2 | convert: an argument is missing | $THALWEG convert $in/a.h5
2 | surface '.*a.npy': the name must end in .h5, .npz, .csv, .vts, .vtk or .vtp | $THALWEG convert $in/a.h5 a.npy
2 | table '.*s.npz': the name must end in .csv, .h5 or .vtp | $THALWEG convert $in/steps.csv s.npz
2 | directions '.*d.csv': the name must end in .h5 or .npz | $THALWEG convert $in/d.h5 d.csv
3 | text.h5' is not a result file | $THALWEG convert $in/text.h5 a.npz
3 | nowhere.h5.*No such file | $THALWEG convert nowhere.h5 a.npz
3 | 'missing/a.npz': No such file | $THALWEG convert $in/a.h5 missing/a.npz
3 | No space left | $THALWEG convert $in/a.h5 /dev/full
3 | d.h5.*holds directions | $THALWEG plot $in/d.h5 -o d.png
END
if have_arrays; then
    "$python" -c "
import numpy
numpy.savez('$in/two.npz', a=numpy.zeros((2, 3)), b=numpy.zeros(3))
numpy.savez('$in/deep.npz', a=numpy.zeros((1, 1, 1, 1, 1)))
numpy.savez('$in/nan.npz', a=numpy.array([1, numpy.nan]))"
    table <<'END'
2 | names and shapes of 2 blocks would be lost in .npy | $THALWEG convert $in/two.npz two.npy
3 | deep.npz.*rank 5 | $THALWEG convert $in/deep.npz deep.h5
3 | nan.npz.*a\[1\] is nan | $THALWEG convert $in/nan.npz nan.h5
END
fi
finish
