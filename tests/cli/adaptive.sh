#!/bin/sh
# --adaptive: what is evaluated, what is said of it, what is in the file and in the picture.
. "$THALWEG_SOURCE/tests/cli/common.sh"

plane="plane rosenbrock --norm none --dx dx.npy --dy dy.npy --weights w.npy --x=-1:1:65 --y=-1:3:49"
have_arrays || skip "no Python with NumPy and h5py"
"$python" - <<'PYTHON'
import numpy
numpy.save("w.npy", numpy.zeros(2)), numpy.save("dx.npy", numpy.eye(2)[0]), numpy.save("dy.npy", numpy.eye(2)[1])
PYTHON

expect 0 $plane --linear -o full.h5 --json
json '"adaptive" not in o'
expect 0 $plane --linear --adaptive 1% -o part.h5 --json
cp "$scratch/out" part.json
json 'o["points"] == 65 * 49 == o["adaptive"]["evaluated"] + o["adaptive"]["interpolated"]'
json 'o["adaptive"]["evaluated"] < 500 and o["adaptive"]["tolerance"] == 0.01'
json 'o["adaptive"]["errors"][0]["estimate"] <= 0.01 * o["adaptive"]["errors"][0]["range"]'
json 'o["adaptive"]["errors"][0]["name"] == "train_loss" or o["adaptive"]["errors"][0]["name"].endswith("loss")'
"$python" - <<'PYTHON' || fail "adaptive plane: not what it says"
import h5py, json, numpy
part, full, told = h5py.File("part.h5"), h5py.File("full.h5"), json.load(open("part.json"))
name = told["adaptive"]["errors"][0]["name"]
a, b, mask = part[name][:], full[name][:], part["thalweg/computed"][:]
assert mask.dtype == numpy.uint8 and set(numpy.unique(mask)) == {1, 2}
assert (mask == 1).sum() == told["adaptive"]["evaluated"]
assert (a[mask == 1] == b[mask == 1]).all()
assert numpy.abs(a - b).max() <= told["adaptive"]["errors"][0]["estimate"], numpy.abs(a - b).max()
assert a.min() == a[mask == 1].min() and a.max() == a[mask == 1].max()
assert told["minimum"] == a.min() and told["maximum"] == a.max()
assert part["thalweg"].attrs["adaptive"] == "1% linear"
PYTHON

# threads give the same bytes; an interrupted file is continued to them, a complete one is left
# alone and told of as before
cp part.h5 first.h5
expect 0 $plane --linear --adaptive 1% -o part.h5 --json --threads 1 --restart
cmp -s part.h5 first.h5 || fail "adaptive plane: other bytes with one thread"
expect 0 $plane --linear --adaptive 1% -o part.h5 --json --threads 3 --restart
cmp -s part.h5 first.h5 || fail "adaptive plane: other bytes with three threads"
"$python" - <<'PYTHON'
import h5py
f = h5py.File("part.h5", "r+")
mask, name = f["thalweg/computed"][:], [n for n in f if n.endswith("loss")][0]
mask[mask == 2] = 0
mask.flat[::3] = 0
for name in [n for n in f if n.endswith("loss")]:
    values = f[name][:]
    values[mask == 0] = -1
    f[name][...] = values
f["thalweg/computed"][...] = mask
open("there", "w").write(str((mask == 1).sum()))
PYTHON
expect 0 $plane --linear --adaptive 1% -o part.h5 --json
json "o['continued'] == $(cat there) > 50"
cmp -s part.h5 first.h5 || fail "adaptive plane: continued to other bytes"
"$python" -c 'import os; os.utime("part.h5", (1e9, 1e9))'
expect 0 $plane --linear --adaptive 1% -o part.h5 --json
grep -q 'is complete' "$scratch/err" || fail "adaptive plane: computed again"
"$python" - "$scratch/out" <<'PYTHON' || fail "adaptive plane: a complete file is told of in other words"
import json, os, sys
a, b = json.load(open("part.json")), json.load(open(sys.argv[1]))
assert a["adaptive"] == b["adaptive"] and a["minimum"] == b["minimum"] and a["center"] == b["center"]
assert os.stat("part.h5").st_mtime == 1e9
PYTHON
refuse 2 "adaptive is '1% linear' there and '2% linear' here" "'$THALWEG' $plane --linear --adaptive 2% -o part.h5"
refuse 2 "adaptive is '1% linear' there and not given here" "'$THALWEG' $plane --linear -o part.h5"

# absolute, and the scale of the picture
expect 0 $plane --adaptive 5 -q --json
json 'o["adaptive"]["tolerance"] == 5 and o["adaptive"]["errors"][0]["estimate"] <= 5'
json 'o["adaptive"]["errors"][0]["of"] == "value"'
expect 0 $plane --adaptive 1% -q --json
json 'o["adaptive"]["errors"][0]["of"] == "logarithm" and o["adaptive"]["evaluated"] > 500'
expect 0 $plane --adaptive 1% -q -o log.h5
grep -Eq '^adaptive evaluated [0-9]+ of 3185 points, error <= 0?\.?[0-9.]+ % of the logarithm.s range \(measured on [0-9]+ held-out points: [0-9.e-]+ %\)$' "$scratch/out" ||
    fail "adaptive: text: $(cat "$scratch/out")"

# slices; small ones are evaluated whole; metrics of a classifier
expect 0 slice svm --data synthetic:200 --x=-10:10:401 --adaptive 1% -o slice.h5 --json
json 'o["adaptive"]["evaluated"] < 200 and len(o["adaptive"]["errors"]) == 4'
json 'o["adaptive"]["errors"][3]["name"] == "train_acc" and o["adaptive"]["errors"][3]["of"] == "value"'
expect 0 slice svm --data synthetic:200 --x=-10:10:401 --adaptive 1% -o slice.h5
grep -q '^  *train_acc: error about' "$scratch/out" || fail "adaptive: text: $(cat "$scratch/out")"
expect 0 plane --data synthetic:200 --x=-1:1:5 --y=-1:1:9 --adaptive 1% --json
json 'o["adaptive"]["evaluated"] == 45 and o["adaptive"]["errors"][0]["estimate"] == 0'

# info
expect 0 info part.h5 full.h5 --json
json 'o["files"][0]["computed"] + o["files"][0]["interpolated"] == 3185 and o["files"][1]["computed"] == 3185'
json '"interpolated" not in o["files"][1]'

# pictures: nothing is hatched, the small print counts, dots are asked for
run plot part.h5 -o part.svg
if [ "$code" -eq 0 ]; then
    expect 0 plot part.h5 --show-points -o dots.svg
    cmp -s part.svg dots.svg && fail "--show-points changes nothing"
    expect 0 plot slice.h5 --show-points -o dots.png
    expect 0 plot part.h5 --view 3d -o part3d.png
    if command -v pdftotext >/dev/null; then
        expect 0 plot part.h5 -o part.pdf
        pdftotext part.pdf part.txt
        grep -q 'of 3185 points interpolated' part.txt || fail "the picture does not say that it is interpolated"
        grep -q 'not computed' part.txt && fail "interpolated points are drawn as missing"
    fi
fi

table <<'TABLE'
2 | --adaptive.*'x' | "$THALWEG" slice --data synthetic:50 --adaptive x --json
2 | above 0 | "$THALWEG" slice --data synthetic:50 --adaptive 0 --json
2 | above 0 | "$THALWEG" slice --data synthetic:50 --adaptive -1% --json
2 | below 100% | "$THALWEG" plane --data synthetic:50 --adaptive 100% --json
2 | --adaptive | "$THALWEG" plane --data synthetic:50 --adaptive % --json
2 | --adaptive | "$THALWEG" plane --data synthetic:50 --adaptive nan --json
2 | cannot be used together | "$THALWEG" plane --data synthetic:50 --adaptive 1% --log --linear --json
TABLE
finish
