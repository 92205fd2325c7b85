#!/bin/sh
# Shared objects as models of every command, and refusals. Reads the plug-ins of tests/plugin.
. "$THALWEG_SOURCE/tests/cli/common.sh"
: "${THALWEG_PLUGINS:?the folder of the test plug-ins}"
cp "$THALWEG_PLUGINS"/*.so . || exit 99

# the path as first word, as --model, without a slash, absolute; with and without an argument
expect 0 eval ./whole.so --json
json 'o["parameters"] == 5 and set(o) >= {"loss", "fit", "largest"} and o["model"] == "./whole.so"'
expect 0 eval --model whole.so --json
json 'o["largest"] == 1.0'
expect 0 eval "$PWD/whole.so:9" --json
json 'o["parameters"] == 9 and o["largest"] == 1.5'
expect 0 eval whole.so:9 --init zero --json
json 'o["fit"] == o["loss"] == 0.5 and o["largest"] == 0'
mkdir a:b && cp whole.so a:b
expect 0 eval a:b/whole.so:3 --json
json 'o["parameters"] == 3'
# no start: drawn at the size of 1, where a wrong entry shows
expect 0 eval broken_short_plain.so --seed 3 --json
json '1e-4 < o["loss"] < 10'
expect 0 eval broken_short_plain.so --seed 3 --init normal:1e-4 --json
json '0 < o["loss"] < 1e-6'

# all commands; several blocks go into .npy as one row and into .h5 by name
expect 0 gradient ./whole.so --method analytic -o g.npy --json
expect 0 gradient ./whole.so --method analytic -o g.h5 --json
json 'o["evaluations"] == 1'
for method in forward central ladder robust complex; do
    expect 0 gradient ./whole.so --method $method --step 0 -o $method.npy --json
done
expect 0 steps ./whole.so --gradient analytic --json
json 'o["best_step"] is not None'
expect 0 slice ./whole.so --norm none --x=-1:1:5 -o s.h5 --json
json 'o["points"] == 5'
expect 0 plane ./whole.so --norm filter --x=-1:1:5 --y=-1:1:5 -o p.h5 --json
json 'o["points"] == 25'
expect 0 info p.h5
for key in 'model  *./whole.so$' 'model_hash  *[0-9a-f]{16}$' 'init  *standard$'; do
    grep -Eq "$key" "$scratch/out" || fail "info: no $key: $(cat "$scratch/out")"
done
grep -Eq '^ *(data|split|reg|samples)' "$scratch/out" && fail "info: data of a plug-in: $(cat "$scratch/out")"
for method in sgd gd local-search; do
    expect 0 train ./whole.so --method $method --step 1e-2 -n 300 --batch 2 -o w.npy --json
    json 'o["loss"] < 1'
done
expect 0 eval ./whole.so --weights w.npy --json
json 'o["loss"] < 1'
have_arrays && {
    "$python" - <<'PYTHON' || fail "the gradient"
import h5py, numpy
x, n, m = 0.5 + numpy.arange(5) / 8, 5, 4
c = numpy.array([[((s + 1) * (i + 3) % 7) / 4 - 0.5 for i in range(n)] for s in range(m)])
want = c.T @ (c @ x - 1) / m + x ** 3
for method, accuracy in ("g", 1e-14), ("forward", 1e-6), ("central", 1e-9), ("ladder", 1e-11), ("robust", 1e-10), ("complex", 1e-14):
    got = numpy.load(method + ".npy")
    assert got.shape == (5,), (method, got.shape)
    assert numpy.abs(got - want).max() <= accuracy * numpy.abs(want).max(), (method, got - want)
file = h5py.File("g.h5")["weights"]
assert numpy.array_equal(file["matrix"][()], numpy.load("g.npy")[:4].reshape(1, 4))
assert file["shift"][()] == numpy.load("g.npy")[4]
PYTHON
}

# bounds are kept: it fails outside of them, and starts on one
for method in forward central ladder robust; do
    expect 0 gradient broken_bounded.so --method $method --step 0 -o b.npy --json
    json 'close(o["max"], 5, 1e-6) and close(o["norm"], 35 ** 0.5, 1e-6)'
done

# the same bits for any number of threads, one model a thread
for threads in 1 2 3; do
    "$THALWEG" plane whole_copies.so:30 --x=-1:1:9 --y=-1:1:9 --threads $threads -o t.h5 --restart --json --quiet |
        sed 's/, "seconds".*//' >t$threads
done
[ -s t1 ] && cmp -s t1 t2 && cmp -s t1 t3 || fail "threads: $(cat t1 t2 t3)"

printf 'no library\n' >text.so
table <<'END'
3 | cannot open './none.so': No such file | $THALWEG eval ./none.so
3 | cannot open 'none.so': No such file | $THALWEG gradient none.so:3
2 | './' is a folder, not a model; .*--data ./ | $THALWEG eval ./
3 | 'text.so' is not a shared object | $THALWEG eval text.so
3 | exports neither 'thalweg_size' | $THALWEG eval broken_no_symbol.so
3 | plug-in of version 2 | $THALWEG steps broken_other_version.so
3 | undefined symbol: nowhere_defined | $THALWEG eval broken_undefined.so
3 | 'broken_fails.so': value failed: no licence | $THALWEG eval broken_fails.so
3 | value failed: no licence | $THALWEG gradient broken_fails.so
3 | value wrote to x | $THALWEG slice broken_writes_x.so --x=-1:1:3 --json
3 | gradient left entry 1 | $THALWEG train broken_unwritten_gradient.so --method gd
3 | 'broken_short_plain.so' has no gradient | $THALWEG gradient broken_short_plain.so --method analytic
2 | argument '4' has no use | $THALWEG eval broken_short_plain.so:4
2 | --data: './whole.so' is a function, which does not use it | $THALWEG eval ./whole.so --data somewhere
2 | --reg: 'whole.so' is a function | $THALWEG train whole.so --reg 1
2 | unknown model 'whole' | $THALWEG eval whole
END
expect 0 eval broken_not_a_number.so --json
json 'o["loss"] is None and o["size"] == 3'
finish
