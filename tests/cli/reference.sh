#!/bin/sh
# The note's numbers on real images, against values computed with NumPy.
. "$THALWEG_SOURCE/tests/cli/common.sh"

images=$shared/cifar-10-subset/cifar-10-batches-py
reference=$shared/reference/linear
[ -d "$images" ] && [ -f "$reference/values.json" ] || skip "no images or no reference"
have_arrays || skip "no Python with NumPy and h5py"
at="--data $images --weights $reference/W.npy --reg 5e-6"
values="json.load(open(\"$reference/values.json\"))"

for model in softmax svm; do
    expect 0 eval --model $model $at --json
    json "close(o['loss'], $values['$model']['loss']) and o['samples'] == 5085"
    json "abs(o['accuracy'] - $values['$model'].get('accuracy', o['accuracy'])) < 1e-12"
    expect 0 gradient --model $model $at --method analytic --json
    json "close(o['norm'], $values['$model']['gradient_l2'])"
done

expect 0 gradient --model softmax $at --method forward --step 1e-5 -o g.npy --json
json "close(o['loss'], $values['softmax']['loss'])"
expect 0 gradient --model softmax $at --method central --step 1e-5 -o c.npy --json
expect 0 gradient --model softmax $at --method analytic -o a.npy --json
json "close(o['max'], $values['softmax']['gradient_max'])"

expect 0 steps --model softmax $at --gradient analytic --json
json "all(close(s['loss'], $values['step_sizes_from_analytic_gradient'][str(round(math.log10(s['step'])))]) for s in o['steps'])"
expect 0 steps --model softmax $at --gradient analytic
grep -qx 'original loss: 2.321737' "$scratch/out" || fail "steps: $(head -1 "$scratch/out")"
grep -qx 'for step size 1e-10 new loss: 2.321728' "$scratch/out" || fail "steps: $(sed -n 2p "$scratch/out")"
grep -qx 'for step size 1e-01 new loss: 12848.592579' "$scratch/out" || fail "steps: $(tail -1 "$scratch/out")"
expect 0 steps --model softmax --data "$images" --init normal:1e-4 --reg 5e-6 --json
json 'len(o["steps"]) == 10 and o["gradient"] == "forward"'

expect 0 plane --model softmax $at --dx "$reference/D1.npy" --dy "$reference/D2.npy" --norm none \
    --x=-1:1:7 --y=-1:1:7 -o softmax.h5 --json
expect 0 plane --model svm $at --dx "$reference/D1.npy" --dy "$reference/D2.npy" \
    --x=-1:1:7 --y=-1:1:7 -o svm.h5 --json
expect 0 slice --model softmax $at --dx "$reference/D1.npy" --x=-5:5:11 -o line.h5 --json
"$python" - "$reference/values.json" <<'PYTHON' || fail "values"
import h5py, json, numpy, sys
v = json.load(open(sys.argv[1]))
f, c, a = (numpy.load(name) for name in ("g.npy", "c.npy", "a.npy"))
assert f.shape == (3073, 10)
for e in v["finite_differences_h1e_5"]:
    at = e["row"], e["col"]
    # the reference's quotients carry the rounding of its own subtraction: about 1e-16 * 2.3 / 1e-5
    assert abs(f[at] - e["forward"]) < 1e-9, (at, f[at], e["forward"])
    assert abs(c[at] - e["central"]) < 1e-9, (at, c[at], e["central"])
    assert abs(a[at] - e["analytic"]) < 1e-11 * max(1, abs(e["analytic"])), (at, a[at])
for model in "softmax", "svm":
    plane = h5py.File(model + ".h5")["train_loss"][()]
    expected = numpy.array(v["plane_linspace_m1_1_7_rows_alpha_D1_cols_beta_D2"][model])
    # rows of the file are y = beta, rows of the reference alpha
    assert numpy.abs(plane / expected.T - 1).max() < 1e-9, numpy.abs(plane / expected.T - 1).max()
line = h5py.File("line.h5")["train_loss"][()]
assert numpy.abs(line / numpy.array(v["line_alpha_linspace_m5_5_11_along_D1"]) - 1).max() < 1e-9
PYTHON

expect 0 slice --model svm --data "$images" --init normal:1e-4 --x=-10:10:201 -o slice.h5
run plot slice.h5 -o slice.png
[ "$code" -eq 0 ] || grep -q -i cairo "$scratch/err" || fail "plot: $(cat "$scratch/err")"

expect 0 train --model softmax --data "$images" --method sgd -o w.npy --json
json 'o["test_accuracy"] > 0.25'
expect 0 info "$images" --json
json 'o["files"][0]["train"]["samples"] == 5085 and o["files"][0]["test"]["samples"] == 1017'
json 'o["files"][0]["train"]["class_counts"][3]["name"] == "cat"'
expect 0 eval --data "$images" --classes cat,dog --init zero --json
json 'close(o["loss"], math.log(2))'

# The mean is that of the whole training split, for a part and for the test images as well.
expect 0 eval $at --split test --limit 100 --json
cp "$scratch/out" test
expect 0 eval $at --limit 100 --json
cp "$scratch/out" train
"$python" - "$images" "$reference/W.npy" <<'PYTHON' || fail "the mean subtracted"
import json, numpy, pickle, sys
def load(name):
    d = pickle.load(open(sys.argv[1] + "/" + name, "rb"), encoding="bytes")
    return numpy.asarray(d[b"data"], float), numpy.asarray(d[b"labels"])
train = [load("data_batch_%d" % i) for i in range(1, 6)]
x, y = numpy.concatenate([t[0] for t in train]), numpy.concatenate([t[1] for t in train])
tx, ty = load("test_batch")
w, mean = numpy.load(sys.argv[2]), x.mean(0)
def loss(x, y):
    s = numpy.hstack([x - mean, numpy.ones((len(x), 1))]) @ w
    s -= s.max(1, keepdims=True)
    return (numpy.log(numpy.exp(s).sum(1)) - s[numpy.arange(len(y)), y]).mean() + 5e-6 * (w * w).sum()
for name, value in ("test", loss(tx[:100], ty[:100])), ("train", loss(x[:100], y[:100])):
    got = json.load(open(name))["loss"]
    assert abs(got / value - 1) < 1e-9, (name, got, value)
PYTHON
finish
