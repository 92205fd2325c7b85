#!/bin/sh
# Test functions as models: no data, the standard start, nothing of a classifier in what is written.
. "$THALWEG_SOURCE/tests/cli/common.sh"

expect 0 eval rosenbrock --json
json 'o == {"loss": o["loss"], "parameters": 2, "model": "rosenbrock:2"} and close(o["loss"], 24.2)'
expect 0 eval --model mgh:8 --json
json 'close(o["loss"], 41.681695861678001) and o["parameters"] == 3 and o["model"] == "mgh:8"'
expect 0 eval mgh:21:20 --json
json 'close(o["loss"], 242)'
expect 0 eval quadratic:4 --init zero --json
json 'o["loss"] == 0'
expect 0 eval sphere:4 --init normal:2 --seed 3 --json
json 'o["loss"] > 0 and o["loss"] != 4'
expect 0 eval himmelblau --init standard --json
json 'o["loss"] == 170'
expect 0 eval beale
grep -Eq 'accuracy|samples|train' "$scratch/out" && fail "eval: words of a classifier: $(cat "$scratch/out")"

# what most need where nothing is said; the note's is that of its classifiers (commands.sh)
expect 0 gradient rosenbrock:6 --json
json 'o["method"] == "ladder" and o["bar"] < 1e-9 * o["norm"]'
expect 0 gradient rosenbrock:6 --step 1e-4 --json
json 'o["method"] == "central" and o["step"] == 1e-4'
expect 0 gradient rosenbrock:1001 --json
json 'o["method"] == "central" and 0 < o["step"] < 1e-4 and o["evaluations"] == 2003'
expect 0 steps rosenbrock:6 --json
json 'o["gradient"] == "ladder"'

# a step that leaves the domain: said, and not before the numbers
log="awk '{ if (\$1 > 0) printf \"%.17g\\n\", log(\$1); else print \"nan\" }'"
expect 3 gradient --exec "$log" --exec-size 1 --exec-once --at 1e-8 --method central --step 0 -o g.npy
grep -q '1 of 1 entries of the gradient are not finite, the first at parameter 0, x = 1e-08' "$scratch/err" ||
    fail "not finite: $(cat "$scratch/err")"
[ -s g.npy ] || fail "the numbers that there are were not written"
expect 3 steps --exec "$log" --exec-size 1 --exec-once --at 1e-8 --gradient central
expect 0 gradient --exec "$log" --exec-size 1 --exec-once --at 1e-8 --json
json 'abs(o["max"] - 1e8) <= 10'

expect 0 gradient mgh:5 --method central --json
json 'close(o["norm"], 27.75, 1e-8)'
expect 0 gradient mgh:8 --method complex --json
json 'close(o["norm"], 84.63081807785564, 1e-15) and o["method"] == "complex" and o["step"] < 1e-19'
expect 0 gradient beale --method analytic -o g.npy --json
json 'o["norm"] == 27.75'
expect 0 eval sphere:2 --weights g.npy --json
json 'o["loss"] == 27.75 ** 2'
expect 3 eval sphere:3 --weights g.npy
one_line "g.npy" "a vector of another length"
expect 3 gradient mgh:5 --method analytic
one_line "'mgh:5' has no gradient" "no gradient in closed form"

# Where every loss is known anyway no iteration is missing, though few are printed.
rows() {
    grep -v '^#' "$1" | sed 1d | cut -d, -f1 | tr '\n' ' '
}
expect 0 train himmelblau -m gd --log every.csv --trajectory every.h5
[ "$(rows every.csv)" = "$(seq 0 $(($(rows every.csv | wc -w) - 1)) | tr '\n' ' ')" ] || fail "train: the log has $(rows every.csv)"
grep -q '^ *10 ' "$scratch/out" || fail "train: printed $(cat "$scratch/out")"
[ "$(wc -l <"$scratch/out")" -lt 10 ] || fail "train: printed $(cat "$scratch/out")"
[ "$(tail -1 every.csv | cut -d, -f1)" = "$(tail -1 "$scratch/out" | awk '{ print $1 }')" ] || fail "train: the last row is not printed"
expect 0 info every.h5 --json
json "o['files'][0]['checkpoints'] == $(rows every.csv | wc -w)"
expect 0 train himmelblau -m gd --log some.csv --report-every 10 -q
[ "$(rows some.csv | cut -d' ' -f1-3)" = '0 10 20' ] || fail "train --report-every 10: the log has $(rows some.csv)"
expect 0 train himmelblau -m adam --log some.csv -q
[ "$(rows some.csv | cut -d' ' -f1-3)" = '0 100 200' ] || fail "train -m adam: the log has $(rows some.csv)"

expect 0 steps himmelblau --gradient analytic --json
json 'o["loss"] == 170 and o["best_step"] == 0.1'
expect 0 slice rastrigin:2 --x=-1:1:5 -o s.h5 --json
json 'o["points"] == 5'
expect 0 plane himmelblau --norm none --x=-2:2:5 --y=-2:2:5 -o p.h5 --json
json 'o["points"] == 25 and o["center"] == 170'
expect 0 info p.h5
grep -q 'model  *himmelblau$' "$scratch/out" || fail "info: no model: $(cat "$scratch/out")"
grep -q 'init  *standard$' "$scratch/out" || fail "info: no init: $(cat "$scratch/out")"
grep -Eq '^ *(data|split|reg|samples)' "$scratch/out" && fail "info: data of a function: $(cat "$scratch/out")"

expect 0 train rosenbrock --method gd --step 1e-3 -n 2000 --log l.csv -o w.npy --json
json 'o["loss"] < 0.1 and o["accuracy"] is None'
grep -q '^iteration,step,train_loss$' l.csv || fail "train: columns: $(grep -v '^#' l.csv | head -1)"
expect 0 eval rosenbrock --weights w.npy --json
json 'o["loss"] < 0.1'
# ---- what train does where nothing is said
lbfgs=gd
"$THALWEG" train --help-all | tr '\n' ' ' | grep -q 'adam,* *lbfgs' && lbfgs=lbfgs
expect 0 train himmelblau --json
json "o['method'] == '$lbfgs' and o['stop'] == 'converged' and o['loss'] < 1e-15"
expect 0 train himmelblau -m gd --json
json 'o["stop"] == "converged" and o["loss"] < 1e-15'
grep -q 'reached x' "$scratch/err" && fail "json: the point as text: $(cat "$scratch/err")"
expect 0 train himmelblau
grep -Eqx 'reached x = (3|-2.805118|-3.77931|3.584428), (2|3.131313|-3.283186|-1.848127)' "$scratch/err" || fail "no point: $(cat "$scratch/err")"
expect 0 train sphere:9
grep -q 'reached x' "$scratch/err" && fail "nine parameters shown: $(cat "$scratch/err")"
expect 0 train himmelblau --step 1e-6 -n 100 --json
json 'o["method"] == "gd" and o["stop"] == "iterations" and o["steps"] == 100'
json 'len(o["notes"]) == 1 and "fell by only 0.04 %" in o["notes"][0] and "larger --step" in o["notes"][0]'
expect 0 train mgh:3 --json
json 'o["method"] == "local-search" and o["loss"] < 1.136'
grep -q "'mgh:3' has no gradient: using local-search" "$scratch/err" || fail "no gradient: $(cat "$scratch/err")"
for method in adam rmsprop adagrad momentum nesterov; do
    expect 0 train himmelblau -m $method --json
    json 'o["loss"] < 1e-3'
done
expect 0 train sphere:3 -m random-search --json
json 'o["loss"] < 1'
expect 0 train sphere:3 -m gd --line-search --step 1e-9 --json
json 'o["stop"] == "converged" and o["loss"] < 1e-15'
for model in himmelblau mgh:3; do
    expect 3 train $model -m sgd
    [ ! -s "$scratch/out" ] || fail "train: output before an error: $(cat "$scratch/out")"
done
one_line 'random-search and local-search need none' 'sgd without a gradient'
expect 3 train himmelblau -m sgd
one_line 'gd, momentum, adam and others use the whole gradient' 'sgd without samples'

expect 0 train mgh:3 --method local-search -n 10
grep -q nan "$scratch/out" && fail "train: nan: $(cat "$scratch/out")"

table <<'END'
2 | unknown model 'rosenbrok'; did you mean 'rosenbrock' | $THALWEG eval rosenbrok:10
2 | 'rosenbrock:1' needs 2 parameters or more | $THALWEG eval rosenbrock:1
2 | 'rosenbrock:x': 'x' is not a whole number | $THALWEG eval rosenbrock:x
2 | 'softmax' takes no number | $THALWEG eval softmax:3
2 | needs the number of a problem | $THALWEG gradient mgh
2 | problems 1 to 35, not 36 | $THALWEG gradient mgh:36
2 | --data: 'beale' is a function | $THALWEG eval beale --data somewhere
2 | --limit: 'beale' is a function | $THALWEG eval beale --limit 3
2 | --reg: 'beale' is a function | $THALWEG train beale --reg 1
2 | --example: 'beale' is a function | $THALWEG slice beale --json --example 1
2 | 'standard' is neither | $THALWEG eval softmax --init standard
END
finish
