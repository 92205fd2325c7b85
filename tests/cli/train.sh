#!/bin/sh
# train: the methods against NumPy, checkpoints, the rules, and what goes wrong.
. "$THALWEG_SOURCE/tests/cli/common.sh"

data="--data synthetic:300"
methods=$("$THALWEG" train --help | tr '\n' ' ' | sed 's/.*how it walks (\([^)]*\)).*/\1/' | tr -d ',')
has() {
    case " $methods " in *" $1 "*) return 0 ;; esac
    return 1
}

# ---- ten steps of each method on a softmax classifier, by NumPy
if have_arrays; then
    "$python" - <<'PYTHON' || fail "make the data"
import numpy
r = numpy.random.default_rng(3)
x = r.normal(size=(60, 8))
y = (x[:, :3] + 0.3 * r.normal(size=(60, 3))).argmax(1)
numpy.savez("small.npz", x=x, y=y)
numpy.save("w0.npy", 0.1 * r.normal(size=(9, 3)))
PYTHON
    for method in gd sgd momentum nesterov adagrad rmsprop adam; do
        expect 0 train softmax --data small.npz --weights w0.npy --reg 0.01 -m "$method" --step 0.03 -n 10 --batch 60 \
            -o "w-$method.npy" -q
    done
    expect 0 train softmax --data small.npz --weights w0.npy --reg 0.01 -m adam --step 0.03 -n 10 --batch 60 --momentum 0.5 \
        --square-decay 0.6 --epsilon 0.01 --schedule cosine -o w-other.npy -q
    "$python" - <<'PYTHON' || fail "ten steps by NumPy"
import numpy as np
d = np.load("small.npz")
x, y = d["x"], d["y"]
x = np.hstack([x - x.mean(0), np.ones((60, 1))])

def gradient(w):
    s = x @ w
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(60), y] -= 1
    return x.T @ p / 60 + 2 * 0.01 * w

def walk(update, steps=lambda t: 0.03):  # CS231n's lines; `s` is what a method keeps
    w, s = np.load("w0.npy"), {"v": 0.0, "m": 0.0, "cache": 0.0}
    for t in range(10):
        w = update(w, gradient(w), s, steps(t), t + 1)
    return w

def momentum(w, dx, s, rate, t):
    s["v"] = 0.9 * s["v"] - rate * dx
    return w + s["v"]

def nesterov(w, dx, s, rate, t):
    before = s["v"]
    s["v"] = 0.9 * s["v"] - rate * dx
    return w + -0.9 * before + (1 + 0.9) * s["v"]

def adagrad(w, dx, s, rate, t):
    s["cache"] = s["cache"] + dx ** 2
    return w - rate * dx / (np.sqrt(s["cache"]) + 1e-8)

def rmsprop(w, dx, s, rate, t):
    s["cache"] = 0.99 * s["cache"] + (1 - 0.99) * dx ** 2
    return w - rate * dx / (np.sqrt(s["cache"]) + 1e-8)

def adam(w, dx, s, rate, t, b1=0.9, b2=0.999, eps=1e-8):
    s["m"] = b1 * s["m"] + (1 - b1) * dx
    s["v"] = b2 * s["v"] + (1 - b2) * (dx ** 2)
    return w - rate * (s["m"] / (1 - b1 ** t)) / (np.sqrt(s["v"] / (1 - b2 ** t)) + eps)

plain = lambda w, dx, s, rate, t: w - rate * dx
for name, update in dict(gd=plain, sgd=plain, momentum=momentum, nesterov=nesterov, adagrad=adagrad,
                         rmsprop=rmsprop, adam=adam).items():
    off = np.abs(np.load("w-%s.npy" % name) - walk(update)).max()
    assert off < 1e-11, (name, off)
other = walk(lambda *a: adam(*a, b1=0.5, b2=0.6, eps=0.01),
             lambda t: 0.03 * (1 + np.cos(np.pi * t / 10)) / 2)
off = np.abs(np.load("w-other.npy") - other).max()
assert off < 1e-11, off
assert np.abs(np.load("w-other.npy") - np.load("w-adam.npy")).max() > 1e-3
PYTHON
fi

# ---- the same bits for any number of threads, the file of checkpoints included
for method in momentum adam lbfgs; do
    has "$method" || continue
    expect 0 train $data -m "$method" -n 12 --batch 64 -o one.npy --threads 1 -q
    expect 0 train $data -m "$method" -n 12 --batch 64 -o three.npy --threads 3 -q
    cmp -s one.npy three.npy || fail "$method: three threads give other bits"
done

# ---- checkpoints
expect 0 train $data -m adam -n 40 --trajectory t.h5 --every 7 -o w.npy --log l.csv --report-every 10
[ "$(grep -c '^ *[0-9]' "$scratch/out")" -eq 5 ] || fail "checkpoints among the reports: $(cat "$scratch/out")"
expect 0 info t.h5 --json
json 'o["files"][0]["kind"] == "trajectory" and o["files"][0]["checkpoints"] == 7'
json 'o["files"][0]["blocks"] == [{"name": "W", "role": "weight", "shape": [3073, 10]}]'
json 'o["files"][0]["provenance"]["method"] == "adam"'
expect 0 info t.h5
grep -q 'W  *weight  3073 x 10' "$scratch/out" || fail "info: $(cat "$scratch/out")"
expect 0 train $data -m adam -n 1000 --trajectory log.h5 --checkpoints 8 --spacing log
expect 0 train $data -m adam -n 40 --trajectory lin.h5 --checkpoints 5
expect 0 train $data -m adam -n 40 --trajectory rep.h5 --report-every 15
expect 0 train rosenbrock -m gd --step 1e-3 -n 40 --trajectory f.h5 --checkpoints 2
if have_arrays; then
    "$python" - <<'PYTHON' || fail "trajectory files"
import h5py, numpy
def at(name):
    return list(h5py.File(name)["trajectory/iteration"][()])
assert at("t.h5") == [0, 7, 14, 21, 28, 35, 40], at("t.h5")
assert at("log.h5") == [0, 1, 3, 10, 32, 100, 316, 1000], at("log.h5")
assert at("lin.h5") == [0, 10, 20, 30, 40] and at("rep.h5") == [0, 15, 30, 40]
assert at("f.h5") == [0, 40] and set(h5py.File("f.h5")["trajectory"]) == {"x", "blocks", "iteration", "epoch", "train_loss"}
t = h5py.File("t.h5")["trajectory"]
w = numpy.load("w.npy")
assert t["x"].shape == (7, 30730) and numpy.array_equal(t["x"][6].reshape(w.shape), w)
lines = [l for l in open("l.csv") if l[0] != "#"]
log = numpy.genfromtxt(lines, delimiter=",", names=True)
assert list(log["iteration"]) == [0, 10, 20, 30, 40]
for name in "train_loss", "train_acc", "test_loss", "test_acc":
    assert t[name][6] == log[name][4] and t[name][0] == log[name][0], name
assert numpy.allclose(t["train_data_loss"][()], t["train_loss"][()]) and t["epoch"][6] == log["epoch"][4]
# the update of iteration 10 over the size of W, from points that are not in the file: only its order
assert 1e-4 < log["ratio_W"][1] < 1e-1 and numpy.isnan(log["ratio_W"][0])
PYTHON
    # two checkpoints that follow one another give the ratio of the log
    expect 0 train $data -m momentum -n 4 --trajectory near.h5 --every 1 --log near.csv --report-every 1
    "$python" - <<'PYTHON' || fail "ratios"
import h5py, numpy
x = h5py.File("near.h5")["trajectory/x"][()]
log = numpy.genfromtxt([l for l in open("near.csv") if l[0] != "#"], delimiter=",", names=True)
norm = numpy.linalg.norm
for k in range(1, 5):
    assert abs(log["ratio_W"][k] / (norm(x[k] - x[k - 1]) / norm(x[k - 1])) - 1) < 1e-12
    assert abs(log["epoch"][k] - (k // 2 + k % 2 * 256 / 300)) < 1e-12
PYTHON
    # checkpoints are points of the model
    "$python" -c 'import h5py, numpy; numpy.save("c3.npy", h5py.File("t.h5")["trajectory/x"][3].reshape(3073, 10))'
    expect 0 eval $data --weights c3.npy --json
    cp "$scratch/out" c3
    "$python" -c '
import h5py, json
assert abs(json.load(open("c3"))["loss"] / h5py.File("t.h5")["trajectory/train_loss"][3] - 1) < 1e-12' || fail "loss of a checkpoint"
fi

# a run that is cut off between two checkpoints has its last point
if has lbfgs; then
    expect 0 train rosenbrock:10 -m lbfgs --trajectory t.h5 --every 50 -o w.npy --json
    json 'o["stop"] == "converged" and o["loss"] < 1e-10'
    cp "$scratch/out" done
    expect 0 info t.h5 --json
    json 'o["files"][0]["checkpoints"] == 3 and o["files"][0]["columns"][0]["maximum"] == json.load(open("done"))["steps"]'
    expect 0 train svm $data -m lbfgs -n 30 --history 5 --tolerance 1e-3
fi

# ---- killed, and a disk that is full
for pause in 0 0.03 0.07 0.1 0.15 0.2; do
    rm -f k.h5
    "$THALWEG" train -q $data -m adam -n 20000 --trajectory k.h5 --every 1 >"$scratch/out" 2>&1 &
    child=$!
    # until there are some rows of 245,840 bytes behind the columns of 160,008
    until_so '[ -e k.h5 ] && [ "$(wc -c <k.h5)" -gt 3000000 ]'
    sleep "$pause"
    kill -9 "$child"
    wait "$child" 2>/dev/null
    expect 0 info k.h5 --json
    json 'o["files"][0]["checkpoints"] > 5'
    json 'o["files"][0]["columns"][0]["maximum"] == o["files"][0]["checkpoints"] - 1'
done
(
    trap '' XFSZ
    ulimit -f 2000 # of 512 or 1024 bytes
    exec "$THALWEG" train -q $data -m adam -n 50 --trajectory d.h5 --every 1 -o d.npy >"$scratch/out" 2>"$scratch/err"
)
code=$?
[ "$code" -eq 3 ] || fail "a full disk: exit code $code"
one_line "'d.h5': File too large; the [1-9][0-9]* rows before are kept; what it reached is in 'd.npy', 'd.h5'" "a full disk"
expect 0 info d.h5
expect 0 eval $data --weights d.npy

# ---- a file that cannot be written does not take the others, nor the result, with it
(
    trap '' XFSZ
    ulimit -f 100
    exec "$THALWEG" train -q $data -m adam -n 50 -o e.npy --log e.csv --json >"$scratch/out" 2>"$scratch/err"
)
code=$?
[ "$code" -eq 3 ] || fail "no room for -o: exit code $code"
one_line "'e.npy.*: File too large; 'e.csv' is written" "no room for -o"
json 'o["steps"] == 50 and o["stop"] == "iterations"'
[ ! -e e.npy ] && [ "$(grep -c '^[0-9]' e.csv)" -eq 26 ] || fail "no room for -o: $(ls), $(cat e.csv)"

# ---- interrupted: all that there is is written, and said
for signal in INT:130 TERM:143 HUP:129; do
    rm -f s.*
    # shellcheck disable=SC2046
    interrupt "${signal%:*}" true train $data -m adam -n 100000000 -o s.npy --log s.csv --trajectory s.h5 $(draw --plot s.png) --json
    [ "$code" -eq "${signal#*:}" ] || fail "$signal: exit code $code"
    one_line "interrupted by signal [0-9]* after [1-9][0-9]* iterations; what it reached is in 's.npy', 's.csv', .*'s.h5', and the same command continues" "$signal"
    json 'o["stop"] == "interrupted" and o["steps"] > 0'
    cp "$scratch/out" stopped
    expect 0 eval $data --weights s.npy --json
    json 'close(o["loss"], json.load(open("stopped"))["loss"])'
    [ -z "$python" ] || [ "$(tail -1 s.csv | cut -d, -f1)" -eq "$("$python" -c 'import json; print(json.load(open("stopped"))["steps"])')" ] ||
        fail "$signal: the log ends with $(tail -1 s.csv)"
    expect 0 info s.h5 --json
    json 'o["files"][0]["columns"][0]["maximum"] == json.load(open("stopped"))["steps"]'
    ! can_draw || [ -s s.png ] || fail "$signal: no picture"
done
rm -f s.*
if has lbfgs; then
    interrupt INT true train rosenbrock:100000 -m lbfgs -n 100000000 -o s.npy
    [ "$code" -eq 130 ] || fail "lbfgs interrupted: exit code $code"
    one_line "interrupted by signal 2 after [0-9]* iterations" "lbfgs interrupted"
fi

# ---- walks that do not get down: the lowest point is kept, and nothing else is claimed
expect 1 train quadratic:4 -m gd --step 1e10 -o low.npy --log low.csv --trajectory low.h5 --json
json 'o["stop"] == "diverged" and o["loss"] == 5 and o["kept"] == 0 and o["steps"] > 9 and "finite" in o["why"]'
grep -q 'no longer finite: try a smaller --step; the lowest point met is kept, after 0 iterations, where the loss is 5' \
    "$scratch/err" || fail "diverged: $(cat "$scratch/err")"
[ "$(grep -c '^0,' low.csv)" -eq 1 ] && [ "$(tail -1 low.csv | cut -d, -f1)" -gt 0 ] || fail "diverged: $(cat low.csv)"
expect 0 eval quadratic:4 --weights low.npy --json
json 'o["loss"] == 5'
expect 0 info low.h5
expect 1 train softmax $data --step 1e300 -n 40 -o low.npy --json
json 'o["stop"] == "diverged" and o["kept"] == 0 and o["accuracy"] < 0.2'
cp "$scratch/out" diverged
expect 0 eval $data --weights low.npy --json
json 'o["loss"] == json.load(open("diverged"))["loss"] and o["accuracy"] == json.load(open("diverged"))["accuracy"]'
expect 1 train quadratic:4 -m gd --step 1e10 -n 3 --json
json 'o["stop"] == "iterations" and o["loss"] > 1e60'
grep -q 'the loss ends at .*, above the 5 at which it began: try a smaller --step' "$scratch/err" || fail "risen: $(cat "$scratch/err")"

# ---- functions of a user's: badly scaled, a kink, without an end, with a wrong gradient
function() { # NAME SIZE START VALUE GRADIENT: NAME.so
    printf '#include <math.h>\n#include <stddef.h>\nsize_t thalweg_size(void){return %s;}\n' "$2" >"$1.c"
    printf 'void thalweg_start(size_t n,double*x){%s}\ndouble thalweg_value(size_t n,const double*x){%s}\n' "$3" "$4" >>"$1.c"
    printf 'int thalweg_gradient(size_t n,const double*x,double*g){%s return 0;}\n' "$5" >>"$1.c"
    ${CC:-cc} -O1 -shared -fPIC "$1.c" -o "$1.so" -lm
}
# without -m: lbfgs, or gd where the build has no lbfgs
if function fold 1 'x[0]=3.3;' 'return fabs(x[0]-1);' 'g[0]=x[0]<1?-1:1;' 2>/dev/null; then
    for method in "" "-m gd"; do
        expect 0 train ./fold.so $method --json
        json 'o["loss"] < 1e-9 and o["stop"] == "stalled" and "kink" in o["why"] and o["steps"] > 0'
    done
    function slope 1 'x[0]=0;' 'return x[0];' 'g[0]=1;'
    for method in "" "-m gd"; do
        expect 1 train ./slope.so $method -o slope.npy --json
        json 'o["loss"] < -1e15 and o["stop"] == "unbounded"'
        cp "$scratch/out" slope
        expect 0 eval ./slope.so --weights slope.npy --json
        json 'o["loss"] == json.load(open("slope"))["loss"]'
    done
    function wrong 1 'x[0]=3;' 'return x[0]*x[0];' 'g[0]=-2*x[0];'
    for method in "" "-m gd"; do
        expect 1 train ./wrong.so $method --json
        json 'o["stop"] == "stalled" and o["steps"] == 0 and o["loss"] == 9'
        grep -q "no step leads down: .*gradcheck" "$scratch/err" || fail "wrong gradient: $(cat "$scratch/err")"
    done
    function tiny 2 'x[0]=1.5e-8;x[1]=2;' 'return pow(x[0]-1.2e-8,2)+1e-17*pow(x[1]-1,2);' \
        'g[0]=2*(x[0]-1.2e-8);g[1]=2e-17*(x[1]-1);'
    has lbfgs && expect 0 train ./tiny.so -o tiny.npy --json && json 'o["loss"] < 1e-25 and o["stop"] == "converged"'
    expect 0 train ./tiny.so -m adam --step 1e-9 --json
    json 'len(o["notes"]) == 1 and "has not fallen since" in o["notes"][0] and "below --epsilon 1.0e-08" in o["notes"][0]'
fi

# ---- the rules
expect 0 train svm $data --overfit 20 --json
json 'o["overfit"] is True and o["stop"] == "reached" and o["loss"] <= 0.09 and o["test_loss"] is None'
expect 0 train softmax $data --overfit 20 --reg 1000 -m adam -o few.npy
expect 0 eval $data --limit 20 --weights few.npy --json
json 'o["loss"] <= 0.01 * math.log(10) and o["accuracy"] == 1'
expect 1 train softmax $data --overfit 20 --step 1e-12 --json
json 'o["overfit"] is False'
grep -q 'and not below 0.023' "$scratch/err" || fail "overfit: $(cat "$scratch/err")"
expect 0 train svm $data -n 20 --init normal:1e-3 --json
json 'len(o["notes"]) == 1 and "where guessing gives 9" in o["notes"][0]'
grep -q '^note: the data loss begins at .* where guessing gives 9' "$scratch/err" || fail "chance: $(cat "$scratch/err")"
expect 0 train svm $data -n 20 --margin 0.5 --init zero --json
json 'not any("guess" in n for n in o["notes"])'
expect 0 train $data -n 20 --reg 1e-30 --json
json '"--reg 1e-30 does not raise the loss" in o["notes"][0]'
expect 0 train $data -n 20 --step 1e-12 --json
json '"moves \"W\" by" in o["notes"][0].replace(chr(39), chr(34)) and "try a larger --step" in o["notes"][0]'
expect 0 train $data -n 400 --step 1e-5 --json
json 'any("points above test accuracy" in n for n in o["notes"])'
expect 0 train -q $data -n 20 --step 1e-12
[ -s "$scratch/err" ] && fail "--quiet notes: $(cat "$scratch/err")"

# ---- the step where none is given follows the model and the method
for pair in sgd:0.05 nesterov:0.005 adagrad:0.01 rmsprop:0.001 adam:0.001; do
    expect 0 train mlp:4 $data -m "${pair%:*}" -n 1 --log step.csv
    tail -1 step.csv | awk -F, -v step="${pair#*:}" '{ off = $2 / step - 1; exit !(off < 1e-9 && off > -1e-9) }' ||
        fail "step: $pair: $(tail -1 step.csv)"
done
expect 0 train mlp:4 $data -m momentum --momentum 0.5 -n 1 --log step.csv
grep -q '^1,0.025' step.csv || fail "step: $(tail -1 step.csv)"
grep -q 'ratio_fc1.weight,ratio_fc1.bias' step.csv || fail "ratios: $(grep iteration step.csv)"
expect 0 train mlp:4 $data -n 2 --trajectory net.h5
expect 0 info net.h5 --json
json '[b["name"] for b in o["files"][0]["blocks"]] == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]'
json 'o["files"][0]["blocks"][1]["role"] == "bias"'

# ---- what is refused
mkdir folder.h5
echo precious >p.h5
table <<'END'
2 | --trajectory 't.npy': the name must end in .h5 | $THALWEG train $data --trajectory t.npy
3 | 'missing/t.h5': No such file | $THALWEG train $data --trajectory missing/t.h5
3 | 'folder.h5': it is a directory | $THALWEG train $data --trajectory folder.h5
3 | null.h5': a trajectory goes to a plain file | ln -s /dev/null ../null.h5; $THALWEG train -q $data --trajectory ../null.h5
2 | --every: needs --trajectory | $THALWEG train $data --every 5
2 | --checkpoints: needs --trajectory | $THALWEG train $data --checkpoints 5
2 | --every and --checkpoints cannot be used together | $THALWEG train $data --trajectory t.h5 --every 5 --checkpoints 5
2 | --spacing: needs --checkpoints | $THALWEG train $data --trajectory t.h5 --every 5 --spacing log
2 | --checkpoints: give 2 or more | $THALWEG train $data --trajectory t.h5 --checkpoints 1
2 | 100000001 checkpoints are too many | $THALWEG train $data --trajectory t.h5 --every 1 -n 100000000
2 | momentum 0.5: 'sgd' does not use it | $THALWEG train $data --momentum 0.5
2 | momentum 1: give a number between 0 and 1 | $THALWEG train $data -m adam --momentum 1
2 | square decay 2: give a number between 0 and 1 | $THALWEG train $data -m rmsprop --square-decay 2
2 | --epsilon: '0' must be greater than 0 | $THALWEG train $data -m adam --epsilon 0
2 | --overfit N chooses the samples itself; leave out --limit | $THALWEG train $data --overfit 5 --limit 3
2 | --overfit: --limit: 'rosenbrock' is a function | $THALWEG train rosenbrock --overfit 5
2 | unknown method 'adm'; did you mean 'adam' | $THALWEG train $data -m adm
3 | needs a gradient, which objective 'mgh:3' does not have | $THALWEG train mgh:3 -m adam
2 | line search: 'adam' does not use it | $THALWEG train beale -m adam --line-search
3 | holds parameters | $THALWEG plot k.h5 -o k.png
END
if has lbfgs; then
    table <<'END'
2 | 'lbfgs' chooses its steps itself | $THALWEG train $data -m lbfgs --step 1
2 | 'lbfgs' chooses its steps itself | $THALWEG train $data -m lbfgs --schedule cosine
2 | history 1001: give a number between 0 and 1001 | $THALWEG train $data -m lbfgs --history 1001
END
fi
run train $data --weights few.npy --overfit 3 --limit 2 --trajectory p.h5
[ "$code" -eq 2 ] && [ "$(cat p.h5)" = precious ] || fail "a refused command touched the file"
finish
