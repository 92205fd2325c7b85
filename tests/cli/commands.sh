#!/bin/sh
# What the commands answer on the built-in data, and what they write.
. "$THALWEG_SOURCE/tests/cli/common.sh"

data="--data synthetic:500"

# ---- eval
expect 0 eval $data --json
json 'set(o) >= {"loss", "data_loss", "regularizer", "accuracy", "samples", "parameters"}'
json 'o["samples"] == 500 and o["parameters"] == 30730 and o["regularizer"] == 0'
json 'abs(o["loss"] - math.log(10)) < 0.5 and 0 <= o["accuracy"] <= 1'
cp "$scratch/out" first
expect 0 eval softmax $data --json --threads 1
cmp -s "$scratch/out" first || fail "eval: one thread gives other bits"
expect 0 eval svm $data --init zero --json
json 'o["loss"] == 9'
expect 0 eval svm $data --init zero --margin 2.5 --json
json 'close(o["loss"], 22.5)'
expect 0 eval $data --init zero --json
json 'close(o["loss"], math.log(10))'
expect 0 eval $data --init zero --classes 3,5 --json
json 'close(o["loss"], math.log(2)) and o["parameters"] == 6146'
expect 0 eval $data --reg 0.5 --json
json 'o["regularizer"] > 0 and close(o["loss"], o["data_loss"] + o["regularizer"])'
expect 0 eval $data --seed 7 --json
cmp -s "$scratch/out" first && fail "eval: --seed changes nothing"
expect 0 eval $data --split test --json
json 'o["samples"] == 100'
expect 0 eval $data --example 3 --json
json 'o["samples"] == 1 and o["accuracy"] in (0, 1)'
expect 0 eval $data
grep -q '^loss  *[0-9.]*$' "$scratch/out" || fail "eval: text: $(cat "$scratch/out")"

# ---- gradient
expect 0 gradient $data --reg 1e-3 --method analytic -o ga.npy --json
json 'o["method"] == "analytic" and o["step"] is None and o["norm"] > o["max"] > 0'
cp "$scratch/out" analytic
expect 0 gradient $data --reg 1e-3 -o gf.npy --json
json 'o["method"] == "forward" and o["step"] == 1e-5 and o["evaluations"] >= 30730'
expect 0 gradient $data --reg 1e-3 --method central --step 0 -o gc.h5 --json
json 'o["method"] == "central" and o["step"] > 0'
if have_arrays; then
    "$python" - <<'PYTHON' || fail "gradients differ"
import numpy, json
a, f = numpy.load("ga.npy"), numpy.load("gf.npy")
o = json.load(open("analytic"))
assert a.shape == f.shape == (3073, 10) and a.dtype == numpy.float64
assert abs(numpy.linalg.norm(a) - o["norm"]) < 1e-12 * o["norm"] and numpy.abs(a).max() == o["max"]
# forward differences: error h/2 |f''|, with |f''| up to about 128^2/4
assert numpy.abs(a - f).max() < 1e-5 / 2 * 128 ** 2 / 2, numpy.abs(a - f).max()
assert numpy.abs(a - f).max() > 0
PYTHON
fi

# ---- steps
expect 0 steps $data --weights ga.npy -m analytic -o steps.csv --json
json 'len(o["steps"]) == 10 and o["steps"][0]["step"] == 1e-10 and o["steps"][9]["step"] == 0.1'
json 'o["best_step"] == min(o["steps"], key=lambda s: s["loss"])["step"]'
expect 0 steps $data -m analytic
[ "$(head -1 "$scratch/out" | sed 's/[0-9]*\.[0-9]\{6\}$/#/')" = "original loss: #" ] || fail "steps: $(head -1 "$scratch/out")"
[ "$(grep -c '^for step size 1e-[0-9]* new loss: [0-9.]*$' "$scratch/out")" -eq 10 ] || fail "steps: $(cat "$scratch/out")"
expect 0 steps $data -m analytic --steps 2.5e-7,0.001
grep -q '^for step size 2.5e-07 new loss' "$scratch/out" || fail "steps: $(cat "$scratch/out")"
grep -q '^for step size 1e-03 new loss' "$scratch/out" || fail "steps: $(cat "$scratch/out")"

# ---- slice and plane
expect 0 eval svm $data --json
cp "$scratch/out" center
expect 0 slice svm $data --x=-10:10:21 -o slice.h5 --json
json 'o["points"] == 21 and close(o["center"], json.load(open("center"))["loss"], 1e-12)'
json 'o["minimum"] <= o["center"] <= o["maximum"] and len(o["minimum_at"]) == 1'
expect 0 slice svm $data --x=0.5:1:3 --json
json 'close(o["center"], json.load(open("center"))["loss"], 1e-12)'
expect 0 plane $data --x=-1:1:5 --y=-2:2:3 -o plane.h5 --json
json 'o["points"] == 15 and abs(o["cosine"]) < 0.05 and len(o["minimum_at"]) == 2'
expect 0 plane $data --x=-1:1:5 --y=-2:2:3 -o again.h5 --threads 1
expect 0 plane $data --x=-1:1:5 --y=-2:2:3 --dx gradient --dy ga.npy --json
expect 0 slice $data --dx ga.npy --x=0:1:2 --json
json 'o["model_loss"] == o["center"]'
# one step of -1e-6 along the gradient: the slice and the step-size study agree
expect 0 slice $data --dx gradient --scale 1e-6 --x=-1:0:2 --json
cp "$scratch/out" along
expect 0 steps $data -m analytic --steps 1e-6 --json
json 'close(o["steps"][0]["loss"], json.load(open("along"))["minimum"], 1e-12)'
if have_arrays; then
    "$python" - <<'PYTHON' || fail "surface files"
import h5py, numpy
a, b = h5py.File("plane.h5"), h5py.File("again.h5")
assert a["train_loss"].shape == (3, 5) and a["xcoordinates"].shape == (5,)
for name in "train_loss", "train_acc", "train_data_loss", "regularizer":
    assert numpy.array_equal(a[name][()], b[name][()]), name
assert 1 < a["train_acc"][()].max() <= 100
text = {k: (v.decode() if isinstance(v, bytes) else str(v)) for k, v in a["thalweg"].attrs.items()}
for key in "version command seed model data data_hash init samples reg cpu x y".split():
    assert key in text, key
assert text["command"].startswith("thalweg plane --data synthetic:500 --x=-1:1:5"), text["command"]
assert text["samples"] == "500" and text["y"] == "-2:2:3"
PYTHON
fi

# ---- train
expect 0 train $data -n 40 -o w.npy --log descent.csv --json
json 'set(o) >= {"loss", "accuracy", "steps"} and o["steps"] == 40 and o["stop"] == "iterations"'
json '0 <= o["test_accuracy"] <= 1'
cp "$scratch/out" trained
expect 0 eval $data --weights w.npy --json
json 'close(o["loss"], json.load(open("trained"))["loss"]) and o["accuracy"] == json.load(open("trained"))["accuracy"]'
expect 0 eval $data --weights w.npy --split test --json
json 'close(o["loss"], json.load(open("trained"))["test_loss"])'
expect 0 eval $data --json
json 'o["loss"] > json.load(open("trained"))["loss"]'
[ "$(grep -v '^#' descent.csv | head -1)" = "iteration,step,train_loss,train_acc,test_loss,test_acc,epoch,ratio_W" ] || fail "descent.csv: $(head -30 descent.csv)"
for method in $("$THALWEG" train --help | tr '\n' ' ' | sed 's/.*how it walks (\([^)]*\)).*/\1/' | tr -d ','); do
    expect 0 train $data --method "$method" -n 3 --json
    json 'o["steps"] == 3'
done
expect 1 train $data --method gd --step 1e300 -n 5
grep -q 'smaller --step' "$scratch/err" || fail "divergence: $(cat "$scratch/err")"

# ---- plot and info, where there are pictures
run plot slice.h5 -o slice.png
if ! grep -q 'need Cairo' "$scratch/err"; then
    for ending in png svg pdf; do
        expect 0 plot slice.h5 -o "slice.$ending"
        expect 0 plot steps.csv -o "steps.$ending"
        expect 0 plot descent.csv -o "descent.$ending"
        for view in $("$THALWEG" plot --help | tr '\n' ' ' | sed 's/.*how a plane is drawn (\([^)]*\)).*/\1/' | tr -d ','); do
            expect 0 plot plane.h5 --view "$view" --metric train_acc -o "plane-$view.$ending"
        done
    done
    expect 0 plot plane.h5 --levels 2.30,2.31 --log --colormap magma --width 4 --height 3 --dpi 50 --title T -o all.png
    expect 0 plot plane.h5 --view 3d --azimuth 30 --elevation 60 -o turned.png
    cmp -s turned.png plane-3d.png && fail "--azimuth changes nothing"
    expect 0 steps $data -m analytic -p p.svg
    expect 0 slice $data -p q.svg
    expect 0 plane $data --x=-1:1:5 --y=-1:1:5 -p r.svg --view heat
    expect 0 train $data -n 3 -p s.pdf
    expect 0 info synthetic:200 --sheet sheet.png --columns 4
    for file in *.png; do
        [ "$(head -c 4 "$file" | tail -c 3)" = PNG ] || fail "$file is no PNG"
    done
    for file in *.svg; do grep -q '<svg' "$file" || fail "$file is no SVG"; done
fi

expect 0 info synthetic:500 slice.h5 plane.h5 descent.csv w.npy gc.h5 --json
json 'len(o["files"]) == 6 and [f["kind"] for f in o["files"]][1:5] == ["slice", "plane", "table", "array"]'
json 'o["files"][0]["train"]["samples"] == 500 and o["files"][0]["test"]["samples"] == 100'
json 'sum(c["count"] for c in o["files"][0]["train"]["class_counts"]) == 500'
json 'o["files"][0]["train"]["image"] == [3, 32, 32]'
json 'o["files"][2]["provenance"]["model"] == "softmax" and o["files"][2]["computed"] == 15'
json 'o["files"][4]["shape"] == [3073, 10]'
expect 0 info synthetic:500 slice.h5 plane.h5 descent.csv w.npy gc.h5
for word in samples hash train_loss made iteration '3073 x 10'; do
    grep -q "$word" "$scratch/out" || fail "info: no '$word'"
done

# ---- names that need care survive into provenance and JSON
mkdir "a 'b\"" && cp w.npy "a 'b\"/ü.npy"
expect 0 slice $data --weights "a 'b\"/ü.npy" --x=0:1:2 -o odd.h5
expect 0 info odd.h5 --json
json 'o["files"][0]["provenance"]["weights"] == "a \u0027b\u0022/\u00fc.npy"'
ls ./*.part 2>/dev/null && fail "parts are left"
finish
