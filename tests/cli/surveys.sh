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
2 | --test adds the test split; it excludes --split test | $THALWEG slice --test --split test --json
2 | --test adds the test split; it excludes --example | $THALWEG slice --test --example 0 --json
END
finish
