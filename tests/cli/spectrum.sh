#!/bin/sh
# The curvature as a command: numbers that are known, files that go on and are directions, figures,
# what is refused.
. "$THALWEG_SOURCE/tests/cli/common.sh"

# sum x_i^2 has twice the unit matrix; himmelblau's at its start is known
expect 0 spectrum sphere:5 --largest 7 --smallest 2 --trace --density --exact --json
json 'len(o["largest"]) == 5 and all(abs(p["value"] - 2) < 1e-12 and p["residual"] < 1e-12 for p in o["largest"])'
json 'len(o["smallest"]) == 2 and o["stop"] == "converged" and o["dimension"] == 5 and o["complete"]'
json 'o["trace"] == 10 and o["trace_standard_error"] < 1e-12 and o["blocks"][0]["name"] == "x" and o["eigenvalues"] == [2] * 5'
json 'close(o["density"]["trace"], 10) and o["density"]["exact"] and any("7 pairs" in n for n in o["notes"])'
expect 0 spectrum himmelblau --at 0,0 --exact --largest 1 --smallest 1 --json
json 'close(o["largest"][0]["value"], o["eigenvalues"][0], 1e-12) and close(o["smallest"][0]["value"], -42) and close(o["eigenvalues"][0], -26)'
expect 0 spectrum sphere:1 --json
json 'close(o["largest"][0]["value"], 2) and close(o["smallest"][0]["value"], 2) and "trace" not in o'

# pairs, trace and density of a model against all of its eigenvalues
small="mlp:3 --activation tanh --data synthetic:40 --only fc2.weight,fc1.bias --seed 3"
# shellcheck disable=SC2086
expect 0 spectrum $small --largest 4 --smallest 3 --trace --trace-method hutchinson --draws 400 --exact --tolerance 1e-6 --json
json 'all(close(o["largest"][k]["value"], o["eigenvalues"][k], 1e-9) for k in range(4)) and o["dimension"] == 33'
json 'all(abs(o["smallest"][k]["value"] - o["eigenvalues"][-1 - k]) < 1e-9 * o["eigenvalues"][0] for k in range(3))'
json 'abs(o["trace"] - sum(o["eigenvalues"])) < 4 * o["trace_standard_error"] + 1e-9'
json 'abs(o["frobenius"] ** 2 - sum(e * e for e in o["eigenvalues"])) < 8 * o["frobenius"] * o["frobenius_standard_error"] + 1e-9'
json '[b["name"] for b in o["blocks"]] == ["fc1.bias", "fc2.weight"] and close(sum(b["trace"] for b in o["blocks"]), o["trace"], 1e-6)'
json 'any("after 400 draws, not to the --tolerance of 1e-06 times it" in n for n in o["notes"])'
cp "$scratch/out" drawn.json
# the whole matrix brings its trace with it
# shellcheck disable=SC2086
expect 0 spectrum $small --exact --trace --tolerance 1e-6 --json
json 'o["trace_method"] == "exact" and close(o["trace"], sum(o["eigenvalues"]), 1e-12) and o["trace_standard_error"] == 0 and o["products"] == 33 + 2'
json 'close(o["frobenius"] ** 2, sum(e * e for e in o["eigenvalues"]), 1e-12) and close(sum(b["trace"] for b in o["blocks"]), o["trace"], 1e-12)'
json 'not any("tolerance" in n for n in o["notes"])'
[ -z "$python" ] || "$python" - drawn.json "$scratch/out" <<'END' || fail "blocks: drawn and exact differ"
import json, sys
a, b = (json.load(open(p))["blocks"] for p in sys.argv[1:])
sys.exit(any(x["name"] != y["name"] or abs(x["trace"] - y["trace"]) > 4 * x["trace_standard_error"] for x, y in zip(a, b)))
END
# shellcheck disable=SC2086
expect 0 spectrum $small --trace --draws 20 --tolerance 0.9 --json
json 'not any("tolerance" in n for n in o["notes"])'
# what --max-products bounds: the search, not the two before it and the one of the pair after it
# shellcheck disable=SC2086
expect 0 spectrum $small --largest 1 --max-products 3 --json
json 'o["stop"] == "products" and o["products"] == 2 + 3 + 1'
# shellcheck disable=SC2086
expect 0 spectrum $small --product differences --exact --json
json 'o["product"] == "differences" and o["gradients"] == 4 * o["products"] and o["step"] > 0'
cp "$scratch/out" differences.json
# shellcheck disable=SC2086
expect 0 spectrum $small --exact --density --json
[ -z "$python" ] || "$python" - differences.json "$scratch/out" <<'END' || fail "differences: other eigenvalues"
import json, sys
a, b = (json.load(open(p))["eigenvalues"] for p in sys.argv[1:])
sys.exit(max(abs(x - y) for x, y in zip(a, b)) > 1e-5 * b[0])
END

# the same bytes for any number of threads, and after an interruption
spectrum="mlp:4 --data synthetic:40 --largest 3 --smallest 2 --trace --draws 40 --density --probes 2 --nodes 20"
for threads in 1 2 3; do
    mkdir t$threads
    # shellcheck disable=SC2086
    (cd t$threads && "$THALWEG" spectrum $spectrum -o s.h5 --threads $threads -q >text 2>err) || fail "$(cat t$threads/err)"
    cmp t1/s.h5 t$threads/s.h5 || fail "$threads threads: other bytes"
    [ ! -e t$threads/s.h5.unfinished ] || fail "a state is left"
done
grep -q 'fc2.bias' t1/text || fail "no blocks: $(cat t1/text)"
mkdir cut
rounds=0
for pause in 0.10 0.15 0.2 0.3 0.4 0.6 600; do
    # shellcheck disable=SC2086
    (cd cut && exec timeout -s INT "$pause" "$THALWEG" spectrum $spectrum -o s.h5 --save-every 0 -q >text 2>err)
    code=$?
    [ ! -e cut/s.h5 ] || "$THALWEG" info cut/s.h5 >info || fail "a file that cannot be read after $pause s"
    [ "$code" -ne 0 ] || break
    grep -q 'the same command continues from there' cut/err && rounds=$((rounds + 1))
done
cmp t1/s.h5 cut/s.h5 || fail "interrupted $rounds times: other bytes"
echo "went on $rounds times"
mkdir other
cd other || exit 99
interrupt INT '[ -e s.h5.unfinished ]' spectrum $spectrum -o s.h5 --save-every 0 -q
if [ -e s.h5.unfinished ]; then # it was not so fast that it came to its end before
    refuse 2 'seed.*--restart (starts again|to replace it)' "\"$THALWEG\" spectrum $spectrum --seed 1 -o s.h5"
    "$THALWEG" info s.h5.unfinished | grep -q 'unfinished spectrum' || fail "info of a state"
fi
cd ..

# -o replaces a spectrum of the same model, point and matrix, and nothing else
expect 0 spectrum ackley:2 --at 0,0 --json
json "any('a kink right at this point' in n for n in o['notes'])"
expect 0 spectrum ackley:2 --at 0,0.5 --json
json "not o['notes']"
expect 0 spectrum rosenbrock:4 -o mine.h5 -q
expect 0 spectrum rosenbrock:4 --largest 2 --smallest 4 -o mine.h5 -q
expect 0 plane himmelblau --x=-1:1:3 --y=-1:1:3 -o surface.h5 -q
cp mine.h5 mine.keep
cp surface.h5 surface.keep
table <<'TABLE'
2 | 'mine.h5' is from another run: model is 'rosenbrock:4' there.*--restart to replace it | $THALWEG spectrum trid:4 -o mine.h5
2 | 'mine.h5' is from another run: .*point_hash | $THALWEG spectrum rosenbrock:4 --at 1,1,1,2 -o mine.h5
3 | surface.h5.*: not a spectrum.*give another -o, or --restart | $THALWEG spectrum himmelblau -o surface.h5
2 | 'eigen:-4' is the vector of 'eigen:1' | $THALWEG plane rosenbrock:4 --dx eigen:1 --dy eigen:-4 --json
2 | 'eigen:1' is the vector of 'eigen:1'; give another | $THALWEG plane rosenbrock:4 --dx eigen:1 --dy eigen:1 --json
3 | 'mgh:8' has neither Hessian products nor a gradient | $THALWEG plane mgh:8 --dx eigen:1 --json
2 | step of 1e-300 of .x. is below the rounding of x | $THALWEG spectrum rosenbrock:5 --product differences --step 1e-300
TABLE
cmp mine.h5 mine.keep || fail "another model's spectrum was overwritten"
cmp surface.h5 surface.keep || fail "a surface was overwritten"
expect 0 spectrum himmelblau -o surface.h5 --restart -q

# on an axis an eigenvector has its eigenvalue where it is one of this point
expect 0 plane rosenbrock:4 --dx eigen:1@mine.h5 --dy eigen:-1@mine.h5 --x=-1:1:3 --y=-1:1:3 -o axes.h5 -q
"$THALWEG" info axes.h5 | grep -q 'y_label.*eigenvector −1, λ = ' || fail "no eigenvalue: $("$THALWEG" info axes.h5)"
expect 0 plane trid:4 --dx eigen:1@mine.h5 --dy random --x=-1:1:3 --y=-1:1:3 -o axes2.h5 -q
"$THALWEG" info axes2.h5 | grep -q 'x_label.*eigenvector 1 of another model$' || fail "another model's eigenvalue"
expect 0 slice rosenbrock:4 --at 1,1,1,2 --dx eigen:1@mine.h5 --x=-1:1:3 -o axes3.h5 -q
"$THALWEG" info axes3.h5 | grep -q 'x_label.*eigenvector 1 at another point$' || fail "another point's eigenvalue"
# within a residual that is larger it is 0; what the picture does not show of it is said, with a range
expect 0 plane softmax --data synthetic:60 --dx eigen:1 --dy eigen:-1 --x=-1:1:3 --y=-1:1:3 -o axes4.h5 -q
"$THALWEG" info axes4.h5 | grep -Eq 'y_label +eigenvector −1, λ = 0 ± ' || fail "a value of no digit: $("$THALWEG" info axes4.h5)"
expect 0 slice ackley:2 --at 1.1,0.2 --dx eigen:1 --x=-30:30:7 --json
json 'any(n["kind"] == "unseen_curvature" and "--x=-0.2:0.2 shows it" in n["text"] for n in o["notes"])'
expect 0 slice ackley:2 --at 1.1,0.2 --dx eigen:1 --x=-0.2:0.2:21 --json
json 'not any(n["kind"] == "unseen_curvature" for n in o["notes"])'
# an axis that was turned is no eigenvector, and nothing is known of its curvature
expect 0 plane ackley:2 --at 1.1,0.2 --dx random --dy eigen:1 --orthogonal --x=-30:30:7 --y=-30:30:7 --json
json 'not any(n["kind"] == "unseen_curvature" for n in o["notes"])'

# what the file is: read, drawn, directions
expect 0 info t1/s.h5 --json
json 'o["files"][0]["kind"] == "spectrum" and len(o["files"][0]["largest"]) == 3 and len(o["files"][0]["blocks"]) == 4'
expect 0 info t1/s.h5
grep -Eq 'trace .* (exact|hutchinson, 40 draws)' "$scratch/out" || fail "info: $(cat "$scratch/out")"
if can_draw; then
    expect 0 plot t1/s.h5 -q
    [ -s t1/s.png ] || fail "no picture"
    # shellcheck disable=SC2086
    expect 0 spectrum sphere:3 --plot sphere.svg -q
    expect 0 spectrum rosenbrock:6 --largest 3 -o pairs.h5 -q
    expect 0 plot pairs.h5 -o pairs.pdf
    expect 0 slice mlp:4 --data synthetic:40 --dx eigen:1 --x=-1:1:5 -o slice.h5 --plot slice.svg -q
fi
plane="plane mlp:4 --data synthetic:40 --x=-1:1:3 --y=-1:1:3 -q"
# shellcheck disable=SC2086
expect 0 $plane --dx eigen:1 --dy eigen:-1 -o a.h5
# shellcheck disable=SC2086
expect 0 $plane --dx eigen:1@t1/s.h5 --dy eigen:-1@t1/s.h5 -o b.h5
# shellcheck disable=SC2086
expect 0 $plane --directions t1/s.h5 --norm model -o c.h5
for file in a.h5 b.h5; do
    expect 0 info $file
    grep -q 'x_label *eigenvector 1' "$scratch/out" && grep -q 'y_label *eigenvector −1' "$scratch/out" || fail "labels: $(cat "$scratch/out")"
done
expect 0 convert t1/s.h5 directions.npz
if have_arrays; then
    "$python" - <<'END' || fail "the file from outside"
import h5py, numpy as np
with h5py.File("t1/s.h5") as f:
    v = [np.concatenate([f[g][str(k)][()].ravel() for k in range(4)]) for g in
         ("largest/1", "largest/2", "largest/3", "smallest/1", "smallest/2")]
    assert np.abs(np.array(v) @ np.array(v).T - np.eye(5)).max() < 1e-10
    assert (f["xdirection/0"][()] == f["largest/1/0"][()]).all() and f["largest/1/0"].attrs["name"] == "fc1.weight"
    assert np.allclose(f["density/weights"][()].sum(axis=1), 1) and f["trace/draws"].shape == (40, 5)
    assert (np.diff(f["largest/value"]) <= 0).all() and (np.diff(f["smallest/value"]) >= 0).all()
planes = [h5py.File(p)["train_loss"][()] for p in ("a.h5", "b.h5", "c.h5")]
assert np.allclose(planes[0], planes[1], rtol=1e-2) and np.allclose(planes[1], planes[2], rtol=1e-9)
END
fi

# a matrix that has no products, is not symmetric, is not finite
cc=${CC:-cc}
if command -v "$cc" >/dev/null; then
    cat >given.c <<'END'
#include <math.h>
#include <stddef.h>
size_t thalweg_size(void) {
    return 3;
}
double thalweg_value(size_t n, const double *x) {
    return x[0] * x[0] + 2 * x[1] * x[1] - x[2] * x[2];
}
#ifndef NO_GRADIENT
int thalweg_gradient(size_t n, const double *x, double *g) {
    g[0] = 2 * x[0];
    g[1] = 4 * x[1] + SKEW * x[0];
    g[2] = -2 * x[2];
    return 0;
}
#endif
END
    "$cc" -shared -fPIC -DSKEW=0 given.c -o given.so && "$cc" -shared -fPIC -DSKEW=0.01 given.c -o skewed.so &&
        "$cc" -shared -fPIC -DNO_GRADIENT given.c -o none.so || fail "cannot compile"
    expect 0 spectrum ./given.so --product differences --largest 1 --smallest 1 --json
    json 'close(o["largest"][0]["value"], 4, 1e-6) and close(o["smallest"][0]["value"], -2, 1e-6)'
    expect 0 spectrum ./given.so --product differences --trace
    grep -q '^trace .* +- .*by columns$' "$scratch/out" || fail "columns of differences are not exact"
    cat >skew.c <<'END'
#include <thalweg/plugin.h>
static int describe(void *model, tw_plugin_facts *facts) {
    facts->size = 3;
    return 0;
}
static int value(void *model, size_t n, const double *x, double *values) {
    values[0] = x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
    return 0;
}
static int product(void *model, size_t n, const double *x, const double *v, double *out) {
    out[0] = 2 * v[0] + v[1];
    out[1] = 2 * v[1];
    out[2] = 2 * v[2];
    return 0;
}
const tw_plugin *thalweg_plugin(void) {
    static const tw_plugin table = {.version = TW_PLUGIN_VERSION, .bytes = sizeof table, .describe = describe, .value = value, .hessian_product = product};
    return &table;
}
END
    "$cc" -shared -fPIC -I "$THALWEG_SOURCE/include" skew.c -o skew.so || fail "cannot compile"
    table <<'END'
3 | is not symmetric: u.Mv and v.Mu | "$THALWEG" spectrum ./skew.so
3 | is not symmetric | "$THALWEG" slice ./skew.so --dx eigen:1 -o no.h5
3 | differences of its gradients are not symmetric: .*gradcheck | "$THALWEG" spectrum ./skewed.so --product differences
3 | differences of its gradients are not symmetric | "$THALWEG" slice ./skewed.so --curvature --product differences --x=-1:1:3 -o no.h5
3 | no Hessian products; .*--product differences | "$THALWEG" spectrum ./given.so
3 | neither Hessian products nor a gradient | "$THALWEG" spectrum ./none.so --product differences
3 | eigen:1@s.h5 takes them | "$THALWEG" slice ./given.so --dx eigen:1 -o no.h5
END
fi

# between the kinks of an SVM without a regulariser all differences are 0, and so is its curvature
expect 0 spectrum svm --data synthetic:30 --product differences --largest 2 --trace --draws 4 --json
json '[p["value"] for p in o["largest"]] == [0, 0] and o["stop"] == "converged" and o["trace"] == 0 and o["product_error"] == 0'
expect 0 slice svm --data synthetic:30 --product differences --curvature --x=-1:1:3 --json=values
json 'o["values"]["min_eig"] == [0, 0, 0] and o["values"]["eig_products"][0] > 0'

expect 0 spectrum rosenbrock:60 --trace --trace-method hutch++ --sketch 60 --json
json 'o["trace_method"] == "exact" and o["trace_standard_error"] == 0 and o["draws"] == 0 and o["products"] == 62'
for share in "" 1e-3; do
    expect 0 spectrum rosenbrock:60 ${share:+--tolerance $share} --largest 3 --json
    json "o['tolerance'] == ${share:-1e-6}"
    json '0.5 * o["tolerance"] * o["largest"][0]["value"] <= o["residual_limit"] <= o["tolerance"] * o["largest"][0]["value"]'
    json 'all(p["residual"] <= o["residual_limit"] for p in o["largest"])'
done
expect 0 spectrum rosenbrock:4 --tolerance 1e-30 --json
json 'o["stop"] == "rounding" and any("leave nothing to be gained" in n for n in o["notes"])'
expect 0 spectrum svm --data synthetic:30 --reg 0.5 --json
json 'any("hinge" in n and "the Hessian between" in n and "regulariser alone" in n for n in o["notes"]) and close(o["largest"][0]["value"], 1)'
expect 0 spectrum svm --data synthetic:30 --reg 0.5 --matrix gauss-newton --json
json 'any("hinge" in n and "HJ between" in n and "regulariser alone" in n for n in o["notes"]) and close(o["largest"][0]["value"], 1)'
expect 0 spectrum mlp:3 --data synthetic:30 --matrix gauss-newton --json
json 'not any("kinks" in n for n in o["notes"])'
table <<'END'
2 | --largest 0 --smallest 0: nothing is asked for | "$THALWEG" spectrum sphere:3 --largest 0 --smallest 0
2 | --step: only with --product differences | "$THALWEG" spectrum sphere:3 --step 0.1
2 | --probes: only with --density | "$THALWEG" spectrum sphere:3 --probes 2
2 | --draws: only with --trace without --exact | "$THALWEG" spectrum sphere:3 --trace --exact --draws 20
2 | --diagonal: .*give -o FILE.h5 | "$THALWEG" spectrum mlp:4 --data nowhere --diagonal
2 | one draw has no standard error | "$THALWEG" spectrum sphere:3 --trace --draws 1
2 | not a share below 1 | "$THALWEG" spectrum sphere:3 --tolerance 2
2 | there is no block 'V' | "$THALWEG" spectrum softmax --data synthetic:20 --only V
2 | differences of gradients are products with the Hessian | "$THALWEG" spectrum sphere:3 --matrix gauss-newton --product differences
2 | give eigen:1 for the largest | "$THALWEG" slice sphere:3 --dx eigen:0 -o no.h5
2 | give eigen:1 for the largest | "$THALWEG" slice sphere:3 --dx eigen:1@ -o no.h5
2 | of more than 20000 ask for the largest | "$THALWEG" spectrum mlp:64 --data synthetic:20 --exact
2 | is a spectrum and 't1/s.h5' a spectrum: one picture | "$THALWEG" plot mine.h5 t1/s.h5 -o two.png
2 | there are 3 eigenvectors | "$THALWEG" slice sphere:3 --dx eigen:4 -o no.h5
2 | has no vector 4: it has 3 | "$THALWEG" slice mlp:4 --data synthetic:40 --dx eigen:4@t1/s.h5 -o no.h5
3 | of another model | "$THALWEG" slice sphere:3 --dx eigen:1@t1/s.h5 -o no.h5
END
finish
