#!/bin/sh
# What slices and planes can be asked for beyond their grid.
. "$THALWEG_SOURCE/tests/cli/common.sh"
small="--data synthetic:600 --reg 1e-4 --x=-1:1:5 --y=-1:1:4"

# same A B NAME...: the datasets NAME of two files have the same bits; NAME=OTHER compares two names.
same() {
    have_arrays || return 0
    "$python" - "$@" <<'PYTHON' || fail "$*: not the same"
import h5py, sys
a, b = (h5py.File(path, "r") for path in sys.argv[1:3])
for name in sys.argv[3:]:
    own, other = (name + "=" + name).split("=")[:2]
    assert a[own][()].tobytes() == b[other][()].tobytes(), name
PYTHON
}

# ---- train and test in one pass: each has the bits of its own pass
expect 0 plane $small --test -o both.h5 --json
json "close(o['center'], o['model_loss'], 1e-12) and 'test_loss' in o"
expect 0 plane $small -o train.h5
expect 0 plane $small --split test -o test.h5
same both.h5 train.h5 train_loss train_data_loss train_acc regularizer
same both.h5 test.h5 test_loss test_data_loss test_acc regularizer
expect 0 eval --data synthetic:600 --reg 1e-4 --split test --json
mv "$scratch/out" eval.json
expect 0 plane $small --test --json
json "close(o['test_loss'], json.load(open('eval.json'))['loss'], 1e-12)"
table <<'END'
2 | --test: 'himmelblau' needs no data | $THALWEG plane himmelblau --test --json
2 | --test adds the test split; it cannot be used with --split test | $THALWEG slice --test --split test --json
2 | --test adds the test split; it cannot be used with --example | $THALWEG slice --test --example 0 --json
END

# ---- standard errors: the losses stay, and --tolerance takes the first so many samples for all points
expect 0 plane $small --errors --test -o errors.h5 --json
json "0.001 < o['error'] < 0.1 and o['samples'] == 600"
have_arrays && { "$python" - errors.h5 train.h5 test.h5 <<'PYTHON' || fail "--errors: other losses"; }
import h5py, numpy as np, sys
errors, train, test = (h5py.File(path, "r") for path in sys.argv[1:])
for name, other in [("train_loss", train), ("train_acc", train), ("test_loss", test), ("test_acc", test)]:
    assert np.allclose(errors[name], other[name], rtol=1e-13), name
# about the deviation of single losses over the root of their number: 600 and 120 samples
ratio = np.array(errors["test_loss_se"]) / np.array(errors["train_loss_se"])
assert (ratio > 1.5).all() and (ratio < 3).all(), ratio
PYTHON
expect 0 slice --data synthetic:3000 --x=-1:1:31 --tolerance 1% -o tolerance.h5 --json
json "o['samples'] < 3000 and o['samples'] % 256 == 0 and o['error'] < 0.011"
samples=$(sed 's/.*"samples": \([0-9]*\).*/\1/' "$scratch/out")
expect 0 slice --data synthetic:3000 --x=-1:1:31 --errors --limit "$samples" -o limit.h5
same tolerance.h5 limit.h5 train_loss train_loss_se train_acc
expect 0 slice --data synthetic:3000 --x=-1:1:31 --tolerance 1% -o tolerance.h5 --json
json "o['continued'] == 31"
expect 0 slice --data synthetic:600 --x=-1:1:31 --tolerance 1e-9 --json
json "o['samples'] == 600"
table <<'END'
2 | --errors: 'himmelblau' has no spread over samples | $THALWEG plane himmelblau --errors --json
2 | --errors: 'softmax' has no spread over samples | $THALWEG slice --example 1 --errors --json
2 | --tolerance: 'x' is not a number | $THALWEG slice --tolerance x% --json
2 | --tolerance: '0%' must be greater than 0 | $THALWEG slice --tolerance 0% --json
END

# ---- repeated directions: mean, least and largest of slices of their own, by NumPy. The built-in
# data go with the seed; these do not.
cifar=$shared/cifar-10-subset/cifar-10-batches-py
[ -d "$cifar" ] || finish
"$THALWEG" train -q --data "$cifar" --iterations 2 -o w.npy >/dev/null || fail "w.npy"
line="svm --data $cifar --limit 300 --weights w.npy --x=-2:3:26 --test"
for seed in 5 6 7; do
    expect 0 slice $line --seed $seed -o seed$seed.h5
done
expect 0 slice $line --seed 5 --repeats 3 -o band.h5 $(draw --plot band.svg)
have_arrays && { "$python" - <<'PYTHON' || fail "--repeats is not what its slices are"; }
import h5py, numpy as np
band = h5py.File("band.h5", "r")
slices = [h5py.File("seed%d.h5" % seed, "r") for seed in (5, 6, 7)]
for name in ("train_loss", "train_data_loss", "train_acc", "test_loss", "test_acc", "regularizer"):
    values = np.array([s[name][()] for s in slices])
    assert np.allclose(band[name], values.mean(0), rtol=1e-14), name
    assert (band[name + "_min"][()] == values.min(0)).all(), name
    assert (band[name + "_max"][()] == values.max(0)).all(), name
assert len(np.unique([s["train_loss"][0] for s in slices])) == 3
PYTHON
expect 0 slice $line --seed 5 --repeats 3 -o band.h5 --threads 1 --json
json "o['continued'] == 26"
expect 2 slice $line --seed 5 --repeats 4 -o band.h5
one_line "repeats is '3' there and '4' here" "another number of repeats"
expect 0 slice $line --seed 5 --repeats 1 -o one.h5
same one.h5 seed5.h5 train_loss test_acc
table <<'END'
2 | --repeats draws directions; it cannot be used with --dx gradient | $THALWEG slice --repeats 3 --dx gradient --json
2 | --repeats: '0' must be greater than 0 | $THALWEG slice --repeats 0 --json
2 | --repeats: .*(too large|memory) | $THALWEG slice --repeats 4000000000000000000 --json
END

# ---- curvature: closed forms, the same bits for any threads, the peer's scale, pictures
expect 0 plane rosenbrock --x=-1.5:1.5:3 --y=-0.5:1.5:2 --curvature -o curved.h5 --json=values $(draw --plot ratio.png)
json "close(o['curvature']['min_eig'], -598, 1e-12) and o['curvature']['negative'] == 1 and o['curvature']['points'] == 6"
json "close(o['values']['max_eig'][0][1], 202, 1e-12) and close(o['values']['min_eig'][0][1], 200, 1e-12)"
json "o['curvature']['ratio'][0] == 0"
! can_draw || expect 0 plot curved.h5 --map signs -o signs.svg
curved="mlp:3 --data synthetic:60 --x=-1:1:5 --curvature"
expect 0 slice $curved --threads 1 -o curve1.h5 $(draw --plot curved.svg)
expect 0 slice $curved --threads 3 -o curve3.h5 --json
json "o['curvature']['products'] > 20 and o['curvature']['error'] <= 1.001e-3 and o['curvature']['factor'] == 1"
same curve1.h5 curve3.h5 train_loss max_eig min_eig max_eig_error min_eig_error eig_products
expect 0 slice $curved --eig-ignore biasbn --json=values
mv "$scratch/out" mean.json
expect 0 slice $curved --peer-scale 16 --json=values
json "all(close(a, 4 * b, 1e-12) for a, b in zip(o['values']['max_eig'], json.load(open('mean.json'))['values']['max_eig']))"
expect 0 slice svm --data synthetic:60 --reg 0.5 --x=-1:1:3 --curvature --json
json "any('every eigenvalue is' in n['text'] for n in o['notes']) and close(o['curvature']['max_eig'], 1, 1e-12)"
# kinks, and what a line hides of a saddle: d2f/dx[1]^2 = 12 x[1]^2 - 26 + 4 x[0] of Himmelblau's function
expect 0 slice mlp:3 --data synthetic:60 --x=-1:1:3 --curvature --eig-tolerance 1e-20 --json
json "any('not to the --eig-tolerance of 1e-20' in n['text'] for n in o['notes'] if n['kind'] == 'missed')"
expect 0 slice mlp:3 --data synthetic:60 --x=-1:1:3 --curvature -o line.h5
grep -q 'at 0 .* within the picture' "$scratch/out" || fail "the point of a line: $(cat "$scratch/out")"
expect 0 slice mlp:3 --data synthetic:60 --x=-1:1:3 --curvature --json
json "not any(n['kind'] == 'missed' for n in o['notes'])"
json "any('the loss has kinks (ReLU)' in n['text'] and n['kind'] == 'curvature' for n in o['notes'])"
expect 0 slice mlp:3 --data synthetic:60 --activation tanh --x=-1:1:3 --curvature --json
json "not any('kinks' in n['text'] for n in o['notes'])"
expect 0 slice himmelblau --at=0.0,3.5 --dx axis:1 --x=3:4:3 --curvature --json
json "o['curvature']['plane']['at'] == [3.5, 0] and close(o['curvature']['plane']['least'], 12 * 3.5 ** 2 - 26, 1e-9)"
json "o['curvature']['plane']['min_eig'] < -28 and [n['text'] for n in o['notes'] if n['kind'] == 'hidden'][0].startswith('the line hides negative')"
expect 0 plane ackley:2 --x=-1:1:3 --y=-1:1:3 --curvature --json
json "any('at a point of the grid the loss has a kink' in n['text'] for n in o['notes'])"
expect 0 plane himmelblau --x=-1:1:3 --y=2:4:3 --curvature --json
json "not any(n['kind'] == 'hidden' for n in o['notes'])"
expect 0 plane himmelblau --x=1e200:2e200:2 --y=1e200:2e200:2 --curvature -o nowhere.h5
grep -q 'curvature not finite at any of 4 points' "$scratch/out" || fail "nothing finite: $(cat "$scratch/out")"
table <<'END'
2 | --eig-tolerance is for --curvature | $THALWEG slice rosenbrock --eig-tolerance 1e-4 --json
2 | --eig-confirmed is for --curvature | $THALWEG slice rosenbrock --eig-confirmed --json
2 | --curvature and --repeats cannot be used together | $THALWEG slice rosenbrock --curvature --repeats 3 --json
2 | --peer-scale: 'rosenbrock:2' has no samples | $THALWEG plane rosenbrock --curvature --peer-scale 4 --json
END
! can_draw || table <<'END'
2 | --map ratio needs the metrics min_eig and max_eig | $THALWEG plot both.h5 --map ratio -o none.png
2 | along a line both eigenvalues are drawn | $THALWEG plot curve1.h5 --map ratio -o none.png
END
finish
