#!/bin/sh
# Trajectories in the plane of their components, planes and lines between points, barriers, notes:
# on functions whose losses Python knows.
. "$THALWEG_SOURCE/tests/cli/common.sh"

have_arrays || skip "no Python with NumPy and h5py"

# Two walks to the minimum of a sphere in 6 dimensions, as trajectories and as single files; a walk
# on a straight line; minima of himmelblau.
"$python" - <<'PYTHON' || exit 99
import h5py, numpy as np
rng = np.random.default_rng(4)
t = np.linspace(1, 0, 12)[:, None]
z = rng.normal(size=6)
first = t * [4, 0, 1, 0, 0, 0] + t * (1 - t) * [0, 3, 0, 0.2, 0, 0] + 0.02 * t * rng.normal(size=(12, 6)) + 1
second = t[::2] ** 2 * [0, 4, 1, 0, 0, 0] + 0.02 * t[::2] * rng.normal(size=(6, 6)) + 1
for name, rows in ("first", first), ("second", second), ("line", t * z), ("bad", t * z[:3]):
    with h5py.File(name + ".h5", "w") as f:
        f["trajectory/x"] = rows
for k, row in enumerate(first):
    np.save("w%d.npy" % k, row)
np.save("far.npy", first[0] + [0, 0, 0, 9, 9, 9])
np.save("a.npy", [3.0, 2.0])
np.save("zero.npy", [0.0, 0.0])
np.save("b.npy", [-2.805118086952745, 3.131312518250573])
np.save("c.npy", [-3.779310253377747, -3.283185991286170])
np.save("collinear.npy", [3 + (3 + 2.805118086952745) / 2, 2 - 1.131312518250573 / 2])
PYTHON

# python SCRIPT: assertions over the object `o` of $scratch/out; `rows` and `components` to help.
look() {
    "$python" - "$scratch/out" >"$scratch/said" 2>&1 <<PYTHON || fail "$1: $(tail -3 "$scratch/said")"
import h5py, json, sys, numpy as np
o = json.load(open(sys.argv[1]))
rows = lambda name: h5py.File(name + ".h5")["trajectory/x"][()]
sphere = lambda w: (np.asarray(w) ** 2).sum(axis=-1)
himmelblau = lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2
def components(d):
    _, s, v = np.linalg.svd(d, full_matrices=False)
    axes = v[:2]
    along = d @ axes.T
    return axes * np.sign(along[np.abs(along).argmax(axis=0), [0, 1]])[:, None], s
close = np.testing.assert_allclose
$2
PYTHON
}

# ---- one trajectory ----

expect 0 plane sphere:6 --trajectory first.h5 -o one.h5 --json
look "one trajectory" '
w = rows("first"); d = w - w[-1]
axes, s = components(d)
run, = o["trajectories"]
at = d @ axes.T
close(run["x"], at[:, 0], atol=1e-12); close(run["y"], at[:, 1], atol=1e-12)
rest = d - at @ axes
close(run["distance"], np.linalg.norm(rest, axis=1), atol=1e-12)
close(run["length"], np.linalg.norm(d, axis=1), atol=1e-12)
close(run["loss"], sphere(w), rtol=1e-13)
close(run["plane_loss"], sphere(w[-1] + at @ axes), rtol=1e-12)
close(o["explained"], s[:2] ** 2 / (s ** 2).sum(), rtol=1e-12)
close(o["share"], 1 - (rest ** 2).sum() / (d ** 2).sum(), rtol=1e-12)
assert run["name"] == "first" and run["checkpoints"] == 12
assert run["farthest"] == np.linalg.norm(rest, axis=1).argmax()
close(o["center"], 6); assert o["cosine"] < 1e-12
f = h5py.File("one.h5")
x, y = f["xcoordinates"][()], f["ycoordinates"][()]
for values, along in (x, at[:, 0]), (y, at[:, 1]):
    low, high = min(along.min(), 0), max(along.max(), 0)
    more = 0.15 * (high - low)
    assert values[0] <= low - more < values[2] and values[-3] < high + more <= values[-1] and 0 in values
w_plane = w[-1] + x[None, :, None] * axes[0] + y[:, None, None] * axes[1]
close(f["train_loss"][()], sphere(w_plane), rtol=1e-12)
close(f["thalweg/paths/0/distance"][()], run["distance"])
assert f["thalweg"].attrs["dx"] == "components" and f["thalweg"].attrs["trajectory"] == "first.h5"
assert f["thalweg"].attrs["init"] == "last checkpoint"
'
expect 0 info one.h5
grep -q 'path  *first, 12 checkpoints' "$scratch/out" || fail "info: no path: $(cat "$scratch/out")"
expect 0 info one.h5 --json
json 'o["files"][0]["paths"] == [{"name": "first", "checkpoints": 12}]'

# the checkpoints as files of weights, another margin, about the mean, on given axes
list=w0.npy,w1.npy,w2.npy,w3.npy,w4.npy,w5.npy,w6.npy,w7.npy,w8.npy,w9.npy,w10.npy,w11.npy
expect 0 plane sphere:6 --trajectory first.h5 --threads 1 --json
grep -v nothing "$scratch/out" | sed 's/"seconds": [^,]*//; s/"name": "[a-z]*"//' >one.json
expect 0 plane sphere:6 --trajectory $list --threads 3 --json
sed 's/"seconds": [^,]*//; s/"name": "[a-z]*"//' "$scratch/out" | cmp -s - one.json || fail "files of weights: not the same numbers"
expect 0 plane sphere:6 --trajectory first.h5 --about-mean --border 0 --json
look "about the mean" '
w = rows("first"); d = w - w.mean(axis=0)
axes, s = components(d)
close(o["explained"], s[:2] ** 2 / (s ** 2).sum(), rtol=1e-12)
run, = o["trajectories"]
close(run["x"], (w - w[-1]) @ axes[0], atol=1e-12)
assert o["points"] < 53 * 53
'
expect 0 plane sphere:6 --trajectory first.h5 --dx w0.npy --dy far.npy --x=-2:2:5 --y=-1:1:3 --json
look "given axes" '
w = rows("first"); d = w - w[-1]
axes = np.array([np.load("w0.npy"), np.load("far.npy")])
at = np.linalg.lstsq(axes.T, d.T, rcond=None)[0]
run, = o["trajectories"]
close(run["x"], at[0], atol=1e-11); close(run["y"], at[1], atol=1e-11)
close(run["plane_loss"], sphere(w[-1] + at.T @ axes), rtol=1e-11)
assert "explained" not in o and o["points"] == 15
kinds = [note["kind"] for note in o["notes"]]
assert kinds == ["axes"], kinds
'
expect 0 plane sphere:6 --weights far.npy --trajectory first.h5 --json
look "another point" 'close(o["model_loss"], sphere(np.load("far.npy")))'

# the components as directions that the peer reads, and the paths on directions from a file
expect 0 plane sphere:6 --trajectory first.h5 --save-directions pc.h5 --json
cp "$scratch/out" pc.json
expect 0 plane sphere:6 --trajectory first.h5 --directions pc.h5 --x=-2:2:5 --y=-1:1:3 -o on.h5 --json
look "components in a file" '
w = rows("first"); d = w - w[-1]
axes, s = components(d)
f, run = h5py.File("pc.h5"), o["trajectories"][0]
for k, name in enumerate(("xdirection", "ydirection")):
    close(f[name]["0"][()], axes[k], atol=1e-13)
close(f["explained_variance_ratio_"][()], s[:2] ** 2 / (s ** 2).sum(), rtol=1e-12)
close(f["singular_values_"][()], s[:2], rtol=1e-12)
close(f["explained_variance_"][()], s[:2] ** 2 / 11, rtol=1e-12)
assert f["thalweg"].attrs["dx"] == "components" and f["thalweg"].attrs["trajectory"] == "first.h5"
close(run["x"], json.load(open("pc.json"))["trajectories"][0]["x"], atol=1e-12)
assert h5py.File("on.h5")["thalweg"].attrs["dx"] == "pc.h5"
'

# the same axes and ranges with another path are another file
cp first.h5 moving.h5
on_pc="plane sphere:6 --weights w11.npy --trajectory moving.h5 --directions pc.h5 --x=-2:2:5 --y=-1:1:3 -o moving-plane.h5 --json"
expect 0 $on_pc
cp moving-plane.h5 before.h5
expect 0 $on_pc
cmp -s before.h5 moving-plane.h5 || fail "a complete file is another one after the same command"
cp second.h5 moving.h5
expect 2 $on_pc
grep -q "is from another run: paths_hash" "$scratch/err" || fail "another path: $(cat "$scratch/err")"

# other forms keep the surface
expect 0 convert one.h5 one-again.h5
cmp -s one.h5 one-again.h5 || fail "convert to .h5 is another file"
expect 0 convert one.h5 one.npz
grep -q "cannot hold the paths" "$scratch/err" || fail "convert: paths lost in silence"
expect 0 info one.npz --json
json '"paths" not in o["files"][0]'

# for the peer's scripts
expect 0 plane sphere:6 --trajectory first.h5 --x=-1:1:3 --y=-1:1:3 --projection proj.h5 --save-directions d.h5 --json
look "a projection" '
run, = o["trajectories"]
with h5py.File("proj.h5") as f, h5py.File("d.h5") as d:
    assert f["proj_xcoord"].shape == (12, 1)
    close(f["proj_xcoord"][:, 0], run["x"]); close(f["proj_ycoord"][:, 0], run["y"])
    close(f["distance"][()], run["distance"])
    w = rows("first") - rows("first")[-1]
    axes, s = components(w)
    close(d["xdirection/0"][()], axes[0], atol=1e-12)
    close(d["explained_variance_ratio_"][()], o["explained"])
    close(d["singular_values_"][()], s[:2]); close(d["explained_variance_"][()], s[:2] ** 2 / 11)
'

# ---- two, and their pictures ----

expect 0 plane sphere:6 --trajectory first.h5,second.h5 -o two.h5 $(draw -p two.png)
grep -q 'explained .* of 18 checkpoints' "$scratch/out" || fail "two: $(cat "$scratch/out")"
grep -q '^second *6 checkpoints, loss' "$scratch/out" || fail "two: $(cat "$scratch/out")"
! can_draw || expect 0 plot two.h5 -o again.png
if [ -s two.png ]; then cmp -s two.png again.png || fail "plot: another picture than that of --plot"; fi
expect 0 plane sphere:6 --trajectory first.h5,second.h5 --json
look "two trajectories" '
both = [rows("first"), rows("second")]
axes, s = components(np.concatenate(both) - both[0][-1])
for run, w in zip(o["trajectories"], both):
    close(run["x"], (w - both[0][-1]) @ axes[0], atol=1e-12)
    close(run["loss"], sphere(w), rtol=1e-13)
'
if can_draw && command -v pdftotext >/dev/null 2>&1; then
    expect 0 plot two.h5 --view filled -o two.pdf
    pdftotext -layout two.pdf two.txt
    for word in 'PC1, ' 'PC2, ' first second 'circle: start' 'of the trajectories'; do
        grep -q "$word" two.txt || fail "the picture does not say '$word'"
    done
fi

# ---- between minima ----

expect 0 slice himmelblau --weights a.npy --to b.npy --x=-0.5:1.5:401 -o between.h5 $(draw -p between.svg) --json
look "a barrier" '
a, b = np.load("a.npy"), np.load("b.npy")
t = -0.5 + 2 * np.arange(401) / 400
loss = himmelblau(*(a[:, None] + t * (b - a)[:, None]))
close(h5py.File("between.h5")["train_loss"][()], loss, rtol=1e-10, atol=1e-9)
inside = (t >= 0) & (t <= 1)
bar, = o["barriers"]
rise = loss - (1 - t) * bar["from"] - t * bar["to"]
close(bar["height"], rise[inside].max(), rtol=1e-10)
close(bar["at"], t[inside][rise[inside].argmax()], atol=1e-12)
close(bar["highest"], loss[inside].max(), rtol=1e-10)
assert bar["metric"] == "train_loss" and bar["to"] < 1e-20 and bar["from"] == 0
assert bar["height"] > 10 and bar["not_finite"] == 0
assert [(p["name"], p["x"], p["y"]) for p in o["corners"]] == [("A", [0], [0]), ("B", [1], [0])]
close(o["corners"][1]["length"], np.linalg.norm(b - a))
assert h5py.File("between.h5")["thalweg/paths/labels"][0] == b"from A (0) to B (1)"
'
expect 0 slice himmelblau --weights a.npy --to b.npy --x=0.2:0.8:7 -o between7.h5
grep -q '^B        x = 1, loss ' "$scratch/out" || fail "no second point: $(cat "$scratch/out")"
grep -q '^barrier  .* 0 and .* at the ends' "$scratch/out" || fail "ends off the line: $(cat "$scratch/out")"
expect 0 slice himmelblau --weights a.npy --to zero.npy --x=0.2:0.8:7 --json
json 'o["barriers"][0]["from"] == 0 and o["barriers"][0]["to"] == 170'
expect 0 slice himmelblau --weights a.npy --to b.npy --x=2:3:7 --json
json 'o["points"] == 7 and "barriers" not in o'

expect 0 plane himmelblau --weights a.npy --to b.npy --third c.npy -o three.h5 $(draw -p three.png) --json
look "three points" '
a, b, c = (np.load(k + ".npy") for k in "abc")
u = (b - a) / np.linalg.norm(b - a)
corners = {p["name"]: (p["x"][0], p["y"][0]) for p in o["corners"]}
close(corners["A"], (0, 0)); close(corners["B"], (np.linalg.norm(b - a), 0))
close(corners["C"], ((c - a) @ u, np.linalg.norm(c - a - ((c - a) @ u) * u)), rtol=1e-13)
for p in o["corners"]:
    assert p["loss"][0] < 1e-20
x = h5py.File("three.h5")["xcoordinates"][()]
low, high = 0, np.linalg.norm(b - a)
assert x[0] <= low - 0.2 * (high - low) < x[2]
'

# ---- notes ----

expect 0 slice himmelblau --dx gradient -o note.h5 --restart
grep -q '^note: the centre is not a minimum along' "$scratch/err" || fail "no note: $(cat "$scratch/err")"
expect 0 slice himmelblau --dx gradient -o note.h5 --restart -q
[ -s "$scratch/err" ] && fail "notes in spite of --quiet: $(cat "$scratch/err")"
expect 0 plane sphere:1000 --init zero --scale 1 --json
json 'o["notes"] == []'
expect 0 slice sphere:6 --init zero --scale 1e-9 --json
json '[n["kind"] for n in o["notes"]] == []'
expect 0 plane softmax --reg 1e9 --init zero --scale 1 --x=-1:1:5 --y=-1:1:5 --json
json '"regularizer" in [n["kind"] for n in o["notes"]]'
expect 0 slice softmax --x=-1e-3:1e-3:5 --json
json '"flat" in [n["kind"] for n in o["notes"]]'

# ---- trajectories of train ----

expect 0 train softmax --data synthetic:200 --method adam -n 20 --trajectory adam.h5 --checkpoints 6 -q
expect 0 plane softmax --data synthetic:200 --trajectory adam.h5 --x=-1:1:3 --y=-1:1:3 --json
look "a training" '
run, = o["trajectories"]
t = h5py.File("adam.h5")["trajectory"]
close(run["loss"], t["train_loss"][()], rtol=1e-12)
close(o["model_loss"], t["train_loss"][-1], rtol=1e-12)
assert run["checkpoints"] == 6 and "other_data" not in [n["kind"] for n in o["notes"]]
'
expect 0 plane softmax --data synthetic:300 --trajectory adam.h5 --x=-1:1:3 --y=-1:1:3 --json
json '"other_data" in [n["kind"] for n in o["notes"]]'

# ---- together with the rest of surveys ----

expect 0 train softmax --data synthetic:200 --method adam -n 20 -o one.h5 -q
expect 0 train softmax --data synthetic:200 --method adam -n 20 --init zero --reg 1 -o other.h5 -q
expect 0 slice softmax --data synthetic:200 --weights one.h5 --to other.h5 --test --x=-0.5:1.5:21 --json
json '[b["metric"] for b in o["barriers"]] == ["train_loss", "test_loss"]'
json 'close(o["barriers"][1]["from"], o["test_loss"]) and close(o["barriers"][0]["from"], o["model_loss"])'
# the same command again takes the file as it is; without its paths it gets them again
expect 0 plane sphere:6 --trajectory first.h5 -o kept.h5
cp kept.h5 once.h5
expect 0 plane sphere:6 --trajectory first.h5 -o kept.h5
grep -q 'of them from the file' "$scratch/out" || fail "not continued: $(cat "$scratch/out")"
cmp -s kept.h5 once.h5 || fail "a finished file was changed"
"$python" -c 'import h5py; f = h5py.File("kept.h5", "a"); del f["thalweg/paths"]'
expect 0 plane sphere:6 --trajectory first.h5 -o kept.h5
expect 0 info kept.h5
grep -q 'path  *first, 12' "$scratch/out" || fail "the paths did not come back"
expect 2 plane sphere:6 --trajectory first.h5,second.h5 -o kept.h5
one_line "kept.h5" "a file of another trajectory"

# ---- refused ----

cp a.npy one.npy
# ---- biases left out: components of the other blocks, by NumPy's SVD, and projections on them
biases="mlp:5 --data synthetic:200"
expect 0 train $biases --method sgd -n 40 --step 0.05 --trajectory net.h5 --checkpoints 9 -q
for way in "bias --ignore biasbn" "mean --ignore biasbn --about-mean"; do
    name=${way%% *}
    expect 0 plane $biases --trajectory net.h5 --x=-1:1:3 --y=-1:1:3 --save-directions "$name-d.h5" --projection "$name-p.h5" -o "$name.h5" \
        ${way#* } --json
    cp "$scratch/out" "$name.json"
done
if have_arrays; then
    "$python" - <<'PYTHON' || fail "components without biases"
import h5py, json, numpy as np
with h5py.File("net.h5", "r") as f:
    rows, shapes = f["trajectory/x"][()], f["trajectory/blocks/shape"][()]
sizes = [int(np.prod([s for s in shape if s > 0])) for shape in shapes]
weights = np.concatenate([np.full(n, np.count_nonzero(shape) >= 2) for n, shape in zip(sizes, shapes)])
assert 0 < weights.sum() < len(weights) and np.abs(rows[-1] - rows[0])[~weights].max() > 0
for name in "bias", "mean":
    difference = np.where(weights, rows - rows[-1], 0)
    centred = difference - (difference.mean(axis=0) if name == "mean" else 0)
    _, singular, v = np.linalg.svd(centred, full_matrices=False)
    d, p = h5py.File(name + "-d.h5", "r"), h5py.File(name + "-p.h5", "r")
    axes = [np.concatenate([d[g][str(k)][()].ravel() for k in range(len(sizes))]) for g in ("xdirection", "ydirection")]
    explained = json.load(open(name + ".json"))["explained"]
    for k in range(2):
        assert not axes[k][~weights].any() and abs(abs(axes[k] @ v[k]) - 1) < 1e-9, (name, k)
        assert abs(explained[k] - singular[k] ** 2 / (singular ** 2).sum()) < 1e-9
    # least squares on the whole difference: the same with and without biases, as the axes have none
    at = (rows - rows[-1]) @ np.array(axes).T
    assert np.allclose(at[:, 0], p["proj_xcoord"][()].ravel(), atol=1e-12) and np.allclose(at[:, 1], p["proj_ycoord"][()].ravel(), atol=1e-12)
    assert h5py.File(name + ".h5", "r")["thalweg"].attrs["ignore"] == "biasbn"
PYTHON
fi

table <<'ROWS'
2 | one checkpoint has no direction | "$THALWEG" plane himmelblau --trajectory a.npy --about-mean --json
2 | lie on a line, to rounding | "$THALWEG" plane sphere:6 --trajectory line.h5 --json
2 | all 2 checkpoints are the same point | "$THALWEG" plane himmelblau --trajectory a.npy,one.npy --about-mean --json
3 | 'bad.h5' has 3 parameters per checkpoint, and the model 'sphere:6' has 6 | "$THALWEG" plane sphere:6 --trajectory bad.h5 --json
3 | cannot open 'absent.h5': No such file | "$THALWEG" plane sphere:6 --trajectory absent.h5 --json
2 | some of the files are trajectories | "$THALWEG" plane sphere:6 --trajectory first.h5,w0.npy --json
2 | file 2 of 'first.h5,' has no name | "$THALWEG" plane sphere:6 --trajectory first.h5, --json
2 | both axes or none | "$THALWEG" plane sphere:6 --trajectory first.h5 --dy w0.npy --json
2 | --norm does not apply to axes | "$THALWEG" plane sphere:6 --trajectory first.h5 --norm filter --json
2 | --ignore biasbn leaves nothing | "$THALWEG" plane sphere:6 --trajectory first.h5 --ignore biasbn --json
2 | --to and --directions cannot be used together | "$THALWEG" slice himmelblau --weights a.npy --to b.npy --directions d.h5 --json
2 | --trajectory and --to cannot be used together | "$THALWEG" plane himmelblau --trajectory a.npy,b.npy --to c.npy --json
2 | --about-mean applies only to the components of a --trajectory | "$THALWEG" plane sphere:6 --about-mean --json
2 | --border goes around a --trajectory | "$THALWEG" plane sphere:6 --border 0.1 --json
2 | --projection takes one trajectory, not 0 | "$THALWEG" plane sphere:6 --projection p.h5 --json
2 | --projection takes one trajectory, not 2 | "$THALWEG" plane sphere:6 --trajectory first.h5,second.h5 --projection p.h5 --json
2 | --orthogonal does not apply to axes | "$THALWEG" plane sphere:6 --trajectory first.h5 --orthogonal --json
2 | needs a second point | "$THALWEG" plane himmelblau --third c.npy --json
2 | give --third as well | "$THALWEG" plane himmelblau --to c.npy --json
2 | three points lie on a line | "$THALWEG" plane himmelblau --weights a.npy --to b.npy --third collinear.npy --json
2 | the same point | "$THALWEG" slice himmelblau --weights a.npy --to a.npy --json
2 | --repeats draws directions; it cannot be used with --to | "$THALWEG" slice himmelblau --weights a.npy --to b.npy --repeats 3 --json
2 | --to and --dx cannot be used together | "$THALWEG" slice himmelblau --weights a.npy --to b.npy --dx random --json
3 | --to: 'w0.npy' | "$THALWEG" slice himmelblau --weights a.npy --to w0.npy --json
ROWS

finish
