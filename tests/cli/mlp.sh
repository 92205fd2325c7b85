#!/bin/sh
# Networks as models: sizes and activation by name, the He draw, weights by block name through files
# of all kinds, training that learns, planes.
. "$THALWEG_SOURCE/tests/cli/common.sh"

small="--data synthetic:300"
expect 0 eval mlp:20,7 $small --json
json 'o["model"] == "mlp:20,7" and o["parameters"] == 3072 * 20 + 20 + 20 * 7 + 7 + 70 + 10'
cp "$scratch/out" default.json
for init in he standard; do
    expect 0 eval --model mlp:20,7 $small --init $init --json
    cmp -s "$scratch/out" default.json || fail "--init $init is not the default: $(cat "$scratch/out")"
done
expect 0 eval mlp:20,7 $small --activation tanh --json
cmp -s "$scratch/out" default.json && fail "--activation tanh changes nothing"
expect 0 eval mlp:20,7 $small --init zero --json
json 'close(o["loss"], math.log(10))'
expect 0 eval mlp:20 $small --init normal:1e-3 --reg 0.5 --json
json 'close(o["regularizer"], 0.5e-6 * (3072 * 20 + 200), 0.05)'
expect 0 eval mlp:20 $small --example 7 --json
json 'o["samples"] == 1'

expect 0 train mlp:16 $small -n 200 -o w.h5 --log l.csv --json
json 'o["accuracy"] > 0.9 and o["steps"] == 200'
cp "$scratch/out" trained.json
expect 0 eval mlp:16 $small --weights w.h5 --json
json 'o["loss"] == json.load(open("trained.json"))["loss"]'
expect 0 train mlp:16 $small -n 200 -o w.npy --threads 1 --json
expect 0 eval mlp:16 $small --weights w.npy --json
json 'o["loss"] == json.load(open("trained.json"))["loss"]'
expect 0 gradient mlp:16 $small --weights w.h5 --method analytic -o g.npy --json
expect 0 slice mlp:16 $small --weights w.h5 --x=-1:1:5 -o s.h5 --json
json 'o["points"] == 5'
expect 0 plane mlp:16 $small --weights w.h5 --norm filter --x=-1:1:5 --y=-1:1:5 -o p.h5 --json
json 'o["points"] == 25 and close(o["center"], json.load(open("trained.json"))["loss"], 1e-12)'

# standard errors beside the same losses, of both splits; with them minima are judged
expect 0 plane mlp:16 $small --weights w.h5 --norm filter --x=-1:1:5 --y=-1:1:5 --test --errors -o e.h5 --json
json "0 < o['error'] and o['samples'] == 300"
expect 0 plane mlp:16 $small --weights w.h5 --norm filter --x=-1:1:5 --y=-1:1:5 --test --errors --threads 1 -o e1.h5 -q
have_arrays && { "$python" - <<'PYTHON' || fail "--errors: other losses, or other errors by one thread"; }
import h5py
p, e, e1 = (h5py.File(name, "r") for name in ("p.h5", "e.h5", "e1.h5"))
for a, b, name in [(p, e, "train_loss"), (p, e, "train_acc"), (e, e1, "train_loss_se"), (e, e1, "test_loss_se")]:
    assert a[name][()].tobytes() == b[name][()].tobytes(), name
assert (e["test_loss_se"][()] > 0).all()
PYTHON
expect 0 info e.h5 --topology --json
json "o['files'][0]['topology']['has_errors'] and o['files'][0]['topology']['noise'] is not None"
expect 0 slice mlp:16 --data synthetic:3000 --x=-1:1:9 --tolerance 3% -o few.h5 --json
json "o['samples'] < 3000 and o['samples'] % 256 == 0 and o['error'] < 0.03"
expect 0 info few.h5
grep -q 'model  *mlp:16$' "$scratch/out" || fail "info: no model: $(cat "$scratch/out")"

expect 0 info p.h5
grep -q 'activation  *relu$' "$scratch/out" || fail "info: no activation: $(cat "$scratch/out")"
grep -q 'weights  *w.h5$' "$scratch/out" || fail "info: no weights: $(cat "$scratch/out")"

if have_arrays; then
    "$python" - <<'PYTHON' || fail "blocks"
import h5py, numpy
w = {k: v[()] for k, v in h5py.File("w.h5")["weights"].items()}
assert {k: v.shape for k, v in w.items()} == {
    "fc1.weight": (16, 3072), "fc1.bias": (16,), "fc2.weight": (10, 16), "fc2.bias": (10,)}
numpy.savez("w.npz", **w)
numpy.savez("wrong.npz", **dict(w, **{"fc1.weight": w["fc1.weight"].T}))
PYTHON
    expect 0 eval mlp:16 $small --weights w.npz --json
    json 'o["loss"] == json.load(open("trained.json"))["loss"]'
    expect 3 eval mlp:16 $small --weights wrong.npz
    one_line "block 'fc1.weight' of the model is \(16, 3072\); transpose it" "a transposed block"
fi
expect 3 eval mlp:17 $small --weights w.h5
one_line "block 'fc1.weight' of the model is \(17, 3072\)" "weights of another network"

table <<'END'
2 | give the sizes of its hidden layers, as in mlp:512,256 | $THALWEG eval mlp
2 | 'mlp:': '' is not a layer size | $THALWEG eval mlp:
2 | 'mlp:0': '0' is not a layer size; give 1 to 1048576 | $THALWEG eval mlp:0
2 | 'mlp:5,,6': '' is not a layer size | $THALWEG eval mlp:5,,6
2 | 'mlp:5,': '' is not a layer size | $THALWEG eval mlp:5,
2 | '-3' is not a layer size | $THALWEG eval mlp:-3
2 | '99999999999999999999' is not a layer size | $THALWEG eval mlp:99999999999999999999
2 | more than 16 hidden layers | $THALWEG eval mlp:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
2 | --margin: 'mlp:5' is a network | $THALWEG eval mlp:5 --margin 2
2 | --activation: 'softmax' is a linear classifier | $THALWEG eval softmax --activation tanh
2 | --activation: unknown name 'tan' | $THALWEG eval mlp:5 --activation tan
2 | 'he' is neither | $THALWEG eval softmax --init he
END

# against NumPy, on real images
images=$shared/cifar-10-subset/cifar-10-batches-py
if [ -d "$images" ] && have_arrays; then
    for activation in relu tanh; do
        at="--data $images --activation $activation --reg 1e-4"
        expect 0 train mlp:30,12 $at -n 20 -o real.h5 --json
        expect 0 eval mlp:30,12 $at --weights real.h5 --json
        cp "$scratch/out" eval.json
        expect 0 gradient mlp:30,12 $at --weights real.h5 --method analytic -o real.npy --json
        expect 0 slice mlp:30,12 $at --weights real.h5 --x=-1:1:3 --errors -o error-$activation.h5 --json
        "$python" "$THALWEG_SOURCE/tests/cli/mlp_reference.py" "$images" $activation 1e-4 real.h5 \
            eval.json real.npy error-$activation.h5 || fail "NumPy's numbers, $activation"
    done
fi
finish
