#!/bin/sh
# Parameters as axes: of functions of one and two parameters unasked, of any model by name; points
# given as numbers and as text; pairs of random directions of few dimensions; files of before.
. "$THALWEG_SOURCE/tests/cli/common.sh"

# ---- two parameters are the axes, and the numbers in the file are their values
expect 0 plane himmelblau -o h.h5 --json
json 'o["minimum"] == 0 and o["minimum_at"] == [3, 2] and o["angle"] == 90 and o["center"] == 170'
json 'o["notes"] == []' # none about a centre: the picture is the function
expect 0 plane himmelblau --norm none --x=-3:3:121 --y=-3:3:121 -o n.h5 --json
json 'o["minimum"] == 0 and o["minimum_at"] == [3, 2]'
expect 0 plane rosenbrock -o r.h5 --json
json 'o["minimum"] == 0 and o["minimum_at"] == [1, 1] and close(o["center"], 24.2, 1e-12)'
expect 0 plane rosenbrock --at=0.5,0.25 --x=0:2:5 --y=0:1:3 -o at.h5 --adaptive 1e-9 --json
json 'o["minimum_at"] == [1, 1] and o["center"] == o["model_loss"] == 0.25'
expect 0 plane branin --dy axis:0 -o turned.h5 --json
json 'o["angle"] == 90'
expect 0 slice sphere:1 -o s.h5 --json
json 'o["minimum"] == 0 and o["minimum_at"] == [0] and o["center"] == 1'
expect 0 slice sphere:3 --dx axis:1 --at 1,2,3 --x=-1:5:7 -o s3.h5 --json
json 'o["minimum_at"] == [0] and o["minimum"] == 10 and o["center"] == 14'
expect 0 plane mgh:6 --at=3,-4 --json -o m.h5 # beyond the domain
expect 0 plane himmelblau --seed 5 -o h.h5 --restart --norm none # no draw in it
if have_arrays; then
    "$python" - <<'PYTHON' || fail "coordinates"
import h5py, numpy as np
def read(name):
    f = h5py.File(name + ".h5", "r")
    return f["xcoordinates"][()], f["ycoordinates"][()] if "ycoordinates" in f else None, f["train_loss"][()], f["thalweg"].attrs
def same(name, function):
    x, y, loss, made = read(name)
    if y is not None:
        x, y = np.meshgrid(x, y)
    assert np.allclose(loss, function(x, y), rtol=1e-13, atol=1e-13), name
    return x, y, made
himmelblau = lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2
rosenbrock = lambda x, y: 100 * (y - x * x) ** 2 + (1 - x) ** 2
branin = lambda x, y: (y - 5.1 * x * x / (4 * np.pi ** 2) + 5 * x / np.pi - 6) ** 2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10
x, y, made = same("h", himmelblau)
assert x[0, 0] == y[0, 0] == -5 and x[-1, -1] == y[-1, -1] == 5
assert made["dx"] == "axis:x[0]" and made["dy"] == "axis:x[1]" and made["x"] == "-5:5:101"
x, y, made = same("n", himmelblau)
assert x.shape == (121, 121)
same("r", rosenbrock)
same("at", rosenbrock)
x, y, made = same("turned", lambda x, y: branin(y, x))
assert made["dx"] == "axis:x[1]" and (x[0, 0], x[0, -1], y[0, 0], y[-1, 0]) == (0, 15, -5, 10)
same("s", lambda x, _: x * x)
same("s3", lambda x, _: x * x + 10)
x, y, made = same("m", lambda x, y: sum((2 + 2 * i - np.exp(i * x) - np.exp(i * y)) ** 2 for i in range(1, 11)))
assert (x[0, 0], x[0, -1], y[0, 0], y[-1, 0]) == (-1.5, 7.5, -10, 2)
PYTHON
fi

# ---- a path is drawn over them
expect 0 train himmelblau --method gd --step 1e-2 -n 50 --trajectory walk.h5 -q
expect 0 plane himmelblau --trajectory walk.h5 -o walked.h5 --json
json 'all(d < 1e-12 for d in o["trajectories"][0]["distance"]) and o["minimum_at"] == [3, 2]'
json 'all(close(a, b, 1e-9) for a, b in zip(o["trajectories"][0]["loss"], o["trajectories"][0]["plane_loss"]))'
expect 0 plane himmelblau --trajectory walk.h5 --border 0.5 -o close.h5 --json
expect 0 plane himmelblau --trajectory walk.h5 --about-mean --json
json 'len(o["explained"]) == 2' # --about-mean is said of components
if have_arrays; then
    "$python" - <<'PYTHON' || fail "a path on parameters"
import h5py, numpy as np
rows = h5py.File("walk.h5", "r")["trajectory/x"][()]
for name in "walked", "close":
    with h5py.File(name + ".h5", "r") as f:
        path = f["thalweg/paths/0"]
        assert np.allclose(path["x"][()], rows[:, 0], atol=1e-12) and np.allclose(path["y"][()], rows[:, 1], atol=1e-12)
        assert np.allclose(path["length"][()], np.linalg.norm(rows - rows[-1], axis=1))
        x = f["xcoordinates"][()]
        low, high = rows[:, 0].min(), rows[:, 0].max()
        ends = (-5, 5) if name == "walked" else (low - (high - low) / 2, high + (high - low) / 2)
        assert np.allclose((x[0], x[-1]), ends, rtol=1e-12), (name, x)
PYTHON
fi

# ---- one parameter of a network, by its block or its place
data="--data synthetic:100"
expect 0 train mlp:6 $data -n 5 -o net.h5
two="plane mlp:6 $data --weights net.h5 --y=-1:1:3"
expect 0 $two --dx 'axis:fc1.weight[3,7]' --dy 'axis:fc2.bias[1]' -o block.h5 --json
expect 0 $two --dx "axis:$((3 * 3072 + 7))" --dy axis:$((6 * 3072 + 6 + 60 + 1)) -o place.h5 --json
expect 0 $two --dx "axis:fc1.weight[$((3 * 3072 + 7))]" --dy 'axis:fc2.bias[1]' -o flat.h5
expect 0 $two --dx axis:7 -o drawn.h5 --save-directions drawn-d.h5 --json
json 'close(o["angle"], 90, 1e-13)'
if have_arrays; then
    "$python" - <<'PYTHON' || fail "parameters of a network"
import h5py, numpy as np
block, place, flat = (h5py.File(n + ".h5", "r") for n in ("block", "place", "flat"))
w = h5py.File("net.h5", "r")["weights/fc1.weight"][()]
x = block["xcoordinates"][()]
assert block["thalweg"].attrs["dx"] == place["thalweg"].attrs["dx"] == flat["thalweg"].attrs["dx"] == "axis:fc1.weight[3,7]"
assert place["thalweg"].attrs["dy"] == "axis:fc2.bias[1]"
assert np.array_equal(block["train_loss"][()], place["train_loss"][()]) and np.array_equal(block["train_loss"][()], flat["train_loss"][()])
assert np.allclose((x[0], x[-1]), (w[3, 7] - 1, w[3, 7] + 1)) and len(x) == 51
with h5py.File("net.h5", "r") as f, h5py.File("moved.h5", "w") as g:
    for name in f["weights"]:
        g["weights/" + name] = f["weights"][name][()]
    g["weights/fc1.weight"][3, 7] = x[40]
    g["weights/fc2.bias"][1] = 1
open("wanted", "w").write("%.17g" % block["train_loss"][2, 40])
d = h5py.File("drawn-d.h5", "r")
assert d["xdirection/0"][0, 7] == 1 and d["ydirection/0"][0, 7] == 0 and np.count_nonzero(d["xdirection/0"][()]) == 1
PYTHON
    expect 0 eval mlp:6 $data --weights moved.h5 --json
    json 'close(o["loss"], float(open("wanted").read()), 1e-12)'
fi

# ---- points as numbers and as text
printf '3\n2\n' >point.txt
printf '# a point\n3.0, 2e0\n' >point.csv
for point in "--at 3,2" "--weights point.txt" "--weights point.csv"; do
    expect 0 eval himmelblau $point --json
    json 'o["loss"] == 0'
done
expect 0 train himmelblau --method gd --step 1e-3 -n 1 --at 3,2.5 -o w.npy --json
json 'o["loss"] < (9 + 2.5 - 11) ** 2 + (3 + 2.5 ** 2 - 7) ** 2'
expect 0 slice himmelblau --at 0,0 --to point.txt --x=0:1:3 --json
json 'o["minimum_at"] == [1] and o["minimum"] == 0'
expect 0 slice himmelblau --at 1,1 --dx to:point.txt --x=0:1:3 --json
json 'o["minimum_at"] == [1] and o["minimum"] == 0'
expect 0 slice himmelblau --at 0,0 --dx point.csv --x=0:1:3 --json
json 'o["minimum_at"] == [1] and o["minimum"] == 0'
expect 0 plane himmelblau --at=3,2 --x=3:4:2 --y=2:3:2 -o at.h5 --restart --json
json 'o["center"] == 0'
expect 0 info at.h5
grep -q '^ *at  *3,2$' "$scratch/out" || fail "info does not tell the point: $(cat "$scratch/out")"
printf '1 2\n3 x\n' >word.txt
printf '1 nan\n' >nan.txt
: >empty.txt

# ---- random pairs: orthogonal in few dimensions, as drawn in many
expect 0 plane rosenbrock:4 --x=0:1:3 --y=0:1:3 -o few.h5 --json
json 'close(o["angle"], 90, 1e-13)'
expect 0 plane himmelblau --dx random --dy random --json
json 'close(o["angle"], 90, 1e-13)'
expect 0 plane rosenbrock:60 --dx gradient --norm filter --x=0:1:3 --y=0:1:3 --json
json 'close(o["angle"], 90, 1e-13)'
expect 0 plane softmax $data --x=0:1:3 --y=0:1:3 -o many.h5 --json
json '0.01 < abs(o["angle"] - 90) < 2'
if have_arrays; then
    # files made before: a pair as it was drawn, 2.18 degrees apart for himmelblau; both go on
    for model in himmelblau rosenbrock:4; do
        rm -f old.h5
        "$python" - few.h5 <<'PYTHON'
import h5py, shutil, sys
shutil.copy(sys.argv[1], "old.h5")
PYTHON
        [ $model = rosenbrock:4 ] || expect 0 plane himmelblau --dx random --dy random -o old.h5 --restart
        range="$([ $model = rosenbrock:4 ] && echo --x=0:1:3 --y=0:1:3)"
        "$python" - <<'PYTHON'
import h5py
with h5py.File("old.h5", "r+") as f:
    del f["thalweg"].attrs["orthogonal"]
    f["thalweg/computed"][1, :] = 0
PYTHON
        run plane $model $range -o old.h5
        "$python" - "$scratch/err" <<'PYTHON' || fail "old.h5: $(cat "$scratch/err")"
import h5py, re, sys
drawn = re.search("is from another run: dy_hash is '\w+' there and '(\w+)' here;", open(sys.argv[1]).read()).group(1)
with h5py.File("old.h5", "r+") as f:
    f["thalweg"].attrs["dy_hash"] = drawn
PYTHON
        expect 0 plane $model $range -o old.h5 --json
        json '0 < o["continued"] < o["points"] and abs(o["angle"] - 90) > 1'
        [ $model = rosenbrock:4 ] || json 'close(o["angle"], 2.18, 2e-3)'
    done
fi

# ---- bounds and names of a program: the range keeps the bounds, beyond them a note is said
if [ -n "$python" ]; then
    cat >bounded.py <<'PYTHON'
import sys
print("thalweg 1\nsize 2\nblock rate 1\nblock W 1x1 weight\nstart\nbounds\nready", flush=True)
for line in sys.stdin:
    word, *x = line.split()
    if word == "value":
        print((float(x[0]) - 1) ** 2 + float(x[1]) ** 2, flush=True)
    elif word != "quit":
        print({"start": "0.5 2", "lower": "0 -inf", "upper": "2 4"}[word], flush=True)
PYTHON
    program="$python bounded.py"
    expect 0 plane --exec "$program" -o bounded.h5 --json
    json 'o["minimum_at"] == [1, 0] and o["minimum"] == 0 and o["notes"] == []'
    grep -q 'axis:rate\[0\]' bounded.h5 || fail "no name of a block"
    expect 0 plane --exec "$program" --dx axis:rate --dy 'axis:W[0,0]' --x=0:2:51 --y=-1:4:51 -o bounded.h5 --json
    json 'o["continued"] == 51 * 51' # 2 - 3 to the bound 4: the range that was chosen
    expect 0 plane --exec "$program" --x=-1:2:7 --y=-1:3:5 --json
    json '[n["kind"] for n in o["notes"]] == ["bounds"] and "1 of 2 parameters" in o["notes"][0]["text"] and "rate[0] (0 ... 2)" in o["notes"][0]["text"]'
    expect 0 slice --exec "$program" --dx random --x=-9:9:5 --json
    json '"bounds" in [n["kind"] for n in o["notes"]]'
fi

# ---- names
if can_draw; then
    expect 0 plot h.h5 -o h.svg
    expect 0 plot s.h5 -o s.svg
fi

cp h.h5 net.h5 point.txt word.txt nan.txt empty.txt ..
cd ..
table <<'END'
2 | 'axis:2': the parameters are 0 to 1 | $THALWEG plane himmelblau --dx axis:2 --json
2 | 'axis:y\[0\]' does not name a parameter: .*axis:0 to axis:1.*the blocks are x\[2\] | $THALWEG plane himmelblau --dx 'axis:y[0]' --json
2 | 'axis:' does not name a parameter | $THALWEG slice sphere:3 --dx axis: --json
2 | 'axis:x\[1' does not name a parameter | $THALWEG slice sphere:3 --dx 'axis:x[1' --json
2 | 'axis:x\[-1\]' does not name a parameter | $THALWEG slice sphere:3 --dx 'axis:x[-1]' --json
2 | 'axis:x\[1\]2' does not name a parameter | $THALWEG slice sphere:3 --dx 'axis:x[1]2' --json
2 | 'axis:x\[3\]': 'x' has entries 0 to 2 | $THALWEG slice sphere:3 --dx 'axis:x[3]' --json
2 | 'axis:x': 'x' has 3 entries; name one, x\[0\] to x\[2\] | $THALWEG slice sphere:3 --dx axis:x --json
2 | 'axis:x\[0,1\]': 2 indices, but 'x' takes 1 | $THALWEG slice sphere:3 --dx 'axis:x[0,1]' --json
2 | index 1 is 10, and 'W' has 0 to 9 there | $THALWEG slice softmax --dx 'axis:W[0,10]' --json
2 | axis:18446744073709551616.* is too large | $THALWEG slice sphere:3 --dx axis:18446744073709551616 --json
2 | --dy: 'axis:x\[0\]' is the parameter of the other axis | $THALWEG plane himmelblau --dx axis:0 --dy 'axis:x[0]' --json
2 | --norm does not apply to axes that are parameters | $THALWEG slice sphere:3 --dx axis:0 --norm filter --json
2 | --scale does not apply to axes that are parameters | $THALWEG plane sphere:3 --dx axis:0 --dy axis:1 --scale 2 --json
2 | one parameter, and a plane needs two directions; 'thalweg slice' draws it | $THALWEG plane sphere:1 --json
2 | --repeats draws directions; it cannot be used with --dx axis:x | $THALWEG slice sphere:3 --dx axis:0 --repeats 2 --json
2 | --at: 3 numbers, and 'himmelblau' has 2 parameters | $THALWEG eval himmelblau --at 1,2,3
2 | --at and --init cannot be used together | $THALWEG eval himmelblau --at 1,2 --init zero
2 | --weights and --at cannot be used together | $THALWEG eval himmelblau --at 1,2 --weights point.txt
2 | --at: 'x' is not a number|--at: .*'x' | $THALWEG eval himmelblau --at 1,x
3 | 'word.txt', line 2, column 3: 'x' is not a finite number | $THALWEG eval sphere:4 --weights word.txt
3 | 'nan.txt', line 1, column 3: 'nan' is not a finite number | $THALWEG eval sphere:2 --weights nan.txt
3 | 'empty.txt' has no numbers | $THALWEG eval sphere:2 --weights empty.txt
3 | 'point.txt' has 2 numbers, but the model 3 parameters | $THALWEG eval sphere:3 --weights point.txt
3 | 'h.txt', line 1.*no text|'h.txt', line | cp h.h5 h.txt; $THALWEG eval sphere:2 --weights h.txt; code=$?; rm h.txt; exit $code
3 | cannot open 'none.txt': No such file | $THALWEG eval sphere:2 --weights none.txt
END
cd work
finish
