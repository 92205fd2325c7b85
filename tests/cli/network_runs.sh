#!/bin/sh
# network_runs.sh: a small network through the commands as any other model goes: the same bytes for threads and ranks, after
# kills, along trajectories and another's directions, on a pipe; and what cannot be is one line.
. "$THALWEG_SOURCE/tests/cli/common.sh"
[ -n "$python" ] || skip "no Python"
"$python" "$THALWEG_SOURCE/tests/cli/make_networks.py" . || exit 99
"$THALWEG" info conv.onnx >"$scratch/out" 2>&1 || skip "a build without ONNX files"
kills=${KILLS:-4}

# ---- threads and ranks: the bytes of one
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_btl_vader_single_copy_mechanism=none
unset OMPI_COMM_WORLD_SIZE PMIX_RANK
ranks=
! command -v mpirun >/dev/null || ! timeout 600 mpirun -n 2 "$THALWEG" --version >"$scratch/out" 2>&1 || ranks="2 3"
[ "$(cat "$scratch/out")" = "$("$THALWEG" --version)" ] || ranks=
# same NAME RANKS COMMAND...: -o NAME.h5 is the same whoever computes it.
same() {
    name=$1 several=$2
    shift 2
    expect 0 "$@" -q -o many.h5 --threads 1
    mv many.h5 "$name.h5"
    for threads in 2 3; do
        expect 0 "$@" -q -o many.h5 --threads $threads
        cmp many.h5 "$name.h5" || fail "$name: other bytes by $threads threads"
        rm -f many.h5
    done
    for count in $several; do
        timeout 600 mpirun -n "$count" "$THALWEG" "$@" -q -o many.h5 >"$scratch/out" 2>"$scratch/err" ||
            fail "$name, $count ranks: $(cat "$scratch/err")"
        cmp many.h5 "$name.h5" || fail "$name: other bytes by $count ranks"
        rm -f many.h5
    done
}
small="conv.onnx --limit 60"
same plane "$ranks" plane $small --x=-1:1:9 --y=-1:1:7
same sparse "${ranks% *}" plane conv.onnx --limit 500 --x=-1:1:17 --y=-1:1:17 --adaptive 5% --tolerance 5%
same line "" slice $small --to other.npz --x=-0.5:1.5:9 --errors --test
same settled "" slice $small --to other.npz --x=0:1:3 --bn reestimated
same double "" slice $small --x=0:1:3 --precision double

# ---- killed at any instant, the same command goes on and ends with the same bytes
# hurt FILE COMMAND...
hurt() {
    file=$1
    shift
    begun=$(date +%s.%N)
    expect 0 "$@" -q --save-every 0
    took=$(awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
    mv "$file" "whole-$file"
    for k in $(seq "$kills"); do
        pause=$(od -An -N2 -tu2 /dev/urandom | awk -v t="$took" '{ printf "%.4f", t * $1 / 65536 }')
        timeout -s KILL "$pause" "$THALWEG" "$@" -q --save-every 0 >"$scratch/out" 2>"$scratch/err"
        [ ! -e "$file" ] || "$THALWEG" info "$file" >"$scratch/out" || fail "$file cannot be read after a kill"
    done
    expect 0 "$@" -q --save-every 0
    cmp "$file" "whole-$file" || fail "$file: other bytes after $kills kills"
    [ "$(echo "$file"*)" = "$file" ] || fail "left: $(echo "$file"*)"
}
hurt plane.k.h5 plane conv.onnx --limit 200 --x=-1:1:17 --y=-1:1:13 -o plane.k.h5
hurt sparse.k.h5 plane conv.onnx --limit 200 --x=-1:1:33 --y=-1:1:33 --adaptive 2% -o sparse.k.h5
hurt line.k.h5 slice conv.onnx --limit 200 --to other.npz --x=-1:1:101 --errors -o line.k.h5
hurt run.h5 train conv.onnx --limit 200 --method sgd --step 1e-2 -n 40 --batch 20 --trajectory run.h5 --checkpoints 6

# ---- along a trajectory; directions that are kept, and taken again
expect 0 plane $small --trajectory run.h5 --x=-1:1:5 --y=-1:1:3 --projection way.h5 -o way-plane.h5 --save-directions ways.h5 --json=values
json "len(o['trajectories']) == 1 and o['trajectories'][0]['checkpoints'] == 6"
cp "$scratch/out" "$scratch/kept"
expect 0 plane $small --weights conv.npz --dx to:other.npz --dy random --save-directions axes.h5 --x=0:1:3 --y=0:1:3 --json=values
json "o['values']['train_loss'][0][0] > 0"
mv "$scratch/out" "$scratch/first"
expect 0 plane $small --weights conv.npz --directions axes.h5 --x=0:1:3 --y=0:1:3 --json=values
"$python" - "$scratch/first" "$scratch/out" <<'END' || fail "--directions: other values"
import json, sys
a, b = (json.load(open(name))["values"]["train_loss"] for name in sys.argv[1:])
sys.exit(a != b)
END

# ---- on a pipe: what eval and gradient say
expect 0 eval conv.onnx --limit 50 --json
loss=$("$python" -c 'import json, sys; print(repr(json.load(sys.stdin)["loss"]))' <"$scratch/out")
"$python" - "$THALWEG" "$loss" <<'END' || fail "serve"
import array, subprocess, sys
p = subprocess.Popen([sys.argv[1], "serve", "conv.onnx", "--limit", "50"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
facts = {}
while "ready" not in facts:
    words = p.stdout.readline().decode().split()
    assert words
    facts.setdefault(words[0], []).append(words[1:])
n, metrics = int(facts["size"][0][0]), facts["metrics"][0]
assert n == 774 and metrics == ["loss", "accuracy", "top5_accuracy"] and facts["block"][3] == ["norm.mean", "4", "buffer"]
def ask(word, count, numbers=()):
    p.stdin.write(word + b"\n" + array.array("d", numbers).tobytes())
    p.stdin.flush()
    assert p.stdout.readline() == b"ok\n"
    return array.array("d", p.stdout.read(8 * count))
x = ask(b"start", n)
value = ask(b"value", 3, x)
assert value[0] == float(sys.argv[2])
assert ask(b"batch 2", 6, x + x)[3:] == value
g = ask(b"gradient", n, x)
i = 8 * 16
moved = [array.array("d", x), array.array("d", x)]
moved[0][-1] += 1e-2
moved[1][-1] -= 1e-2
slope = (ask(b"value", 3, moved[0])[0] - ask(b"value", 3, moved[1])[0]) / 2e-2
assert abs(slope - g[-1]) < 1e-4
p.stdin.close()
assert p.wait() == 0
END

# ---- Ctrl-C
rm -f cut.h5
interrupt INT true plane conv.onnx --limit 500 --x=-1:1:901 --y=-1:1:901 -q -o cut.h5
[ "$code" -eq 130 ] || fail "Ctrl-C: exit code $code"
one_line "interrupted by signal 2; 'cut.h5' has [0-9]+ of 811801 points, and the same command continues" "Ctrl-C"
expect 0 info cut.h5
rm -f cut.h5

loss_of() {
    "$python" -c 'import json, sys; print(repr(json.load(sys.stdin)["loss"]))' <"$scratch/out"
}

# ---- weights of another ONNX file: by names, by layers, turned, also where a square matrix does not show it
expect 0 eval conv.onnx --weights other.npz --limit 50 --json
other=$(loss_of)
for file in other renamed turned; do
    expect 0 eval conv.onnx --weights $file.onnx --limit 50 --json
    json "close(o['loss'], $other, 1e-6)"
    expect 0 eval $file.onnx --weights other.onnx --limit 50 --json
    json "close(o['loss'], $other, 1e-6)"
done
expect 0 eval conv.onnx --weights renamed.onnx --limit 50
grep -q "'renamed.onnx': 0 blocks matched by name, 7 by order and shape" "$scratch/err" || fail "renamed: $(cat "$scratch/err")"
expect 0 eval conv.onnx --weights other.onnx --limit 50
grep -q 'matched by' "$scratch/err" && fail "the same names: $(cat "$scratch/err")"
expect 0 eval square.onnx --limit 50 --json
square=$(loss_of)
for network in square-other square-turned; do
    for file in square square-turned; do
        expect 0 eval $network.onnx --weights $file.onnx --limit 50 --json
        json "close(o['loss'], $square, 1e-6)"
    done
done
expect 0 slice $small --to other.npz --x=0:1:3 --json=values
cp "$scratch/out" line.json
expect 0 slice $small --to other.onnx --x=0:1:3 --json=values
json "all(close(a, b, 1e-6) for a, b in zip(o['values']['train_loss'], json.load(open('line.json'))['values']['train_loss']))"
expect 0 plane $small --weights other.onnx --dx to:renamed.onnx --dy to:conv.npz --x=0:1:2 --y=0:1:2 --json
expect 0 plane $small --trajectory conv.npz,third.onnx,renamed.onnx --x=0:1:2 --y=0:1:2 --json

# ---- what cannot be: a line with file, place and remedy
mkdir -p faulty/cat faulty/dog bare
printf '\211PNG\r\n\032\n' >faulty/cat/a.png
printf '\211PNG\r\n\032\n' >faulty/dog/a.png
e="$THALWEG eval"
table <<END
3 | grey.onnx: the network takes images of 1 x 28 x 28 .*, and the data's are 3 x 32 x 32; --size 28x28 --color grey | $e grey.onnx
3 | three.onnx: it has 3 outputs, and sample 3 the label 3; --classes chooses | $e three.onnx
3 | nan.onnx: entry \[3\] of its block 'fc.bias' is nan | $e nan.onnx
3 | untrained.onnx: it has no parameters to move; export it with | $e untrained.onnx
3 | cast.onnx: no output of it is a tensor of floating-point numbers; --output-name | $e cast.onnx
3 | two.onnx: its output 'logits' takes more inputs than the data: 'a' and 'b'; export it | $e two.onnx
3 | no-input.onnx: its output 'y' depends on no input; --output-name | $e no-input.onnx
3 | unused-input.onnx: its output 'y' depends on no input; --output-name | $e unused-input.onnx
3 | no-output.onnx: no output of it is a tensor | $e no-output.onnx
3 | map.onnx: its output has 3 axes for each sample, and cross-entropy takes one, of classes; --output-name | $e map.onnx
3 | conv.onnx: its output has 3 axes for each sample | $e conv.onnx --output-name c
2 | conv.onnx: there is no value 'nope' in it; its first output is 'logits' | $e conv.onnx --output-name nope
3 | 'strange.npz': no array 'conv.weight' in the archive; it has a, b | $e conv.onnx --weights strange.npz
3 | 'conv.npz': no array 'conv1.weight' in the archive | $e -q resnet20 --weights conv.npz
3 | 'three.onnx': a network of another model: of the model's 7 blocks 2 missing .fc.weight, fc.bias.; 1 of the file left over .w. | $e conv.onnx --weights three.onnx
3 | map.onnx': a network of another model | $e conv.onnx --weights map.onnx
3 | no-output.onnx: no output of it is a tensor | $e conv.onnx --weights no-output.onnx
3 | huge.onnx: not enough memory to run it on 10000 samples at once, by .*; a smaller --micro-batch.* needs less | $e huge.onnx --micro-batch 10000
2 | --limit: '0' must be greater than 0 | $e conv.onnx --limit 0
2 | --micro-batch: '0' must be greater than 0 | $e conv.onnx --micro-batch 0
2 | --micro-batch: '-1' is not a whole number of 1 or more | $e conv.onnx --micro-batch=-1
2 | --limit: '-5' is not a whole number of 1 or more | $e conv.onnx --limit -5
2 | conv.onnx: the std of channel 0 is -1, and must be greater than 0 | $e conv.onnx --std=-1
2 | conv.onnx: the std of channel 1 is 0, and must be greater than 0 | $e conv.onnx --std 1,0,1
2 | --std: .*'nan' is not a finite number | $e conv.onnx --std nan
3 | conv.onnx: with --layout nhwc its input is of 32 channels and the data's images are of 3; --layout nchw fits | $e conv.onnx --layout nhwc
3 | 'bare' is an empty folder: .* a folder of .png or .jpg images for each class | $e conv.onnx --data bare
3 | 'bad.npz': conv.weight\[1, 0, 0, 2\] is nan; every number must be finite | $e conv.onnx --weights bad.npz
2 | --bn reestimated gives values and no derivatives, which gradcheck needs; --bn frozen has them | $THALWEG gradcheck -q conv.onnx --bn reestimated
2 | which spectrum needs; --bn frozen | $THALWEG spectrum -q conv.onnx --bn reestimated
2 | which train needs; --bn frozen | $THALWEG train -q conv.onnx --bn reestimated
2 | which a gradient needs; --bn frozen | $THALWEG gradient -q conv.onnx --bn reestimated -m analytic
2 | --micro-batch: '18446744073709551615' is too large | $e conv.onnx --micro-batch 18446744073709551615
3 | is no whole PNG image | $e conv.onnx --data faulty
2 | conv.onnx: the mean has 2 numbers, but the data have 3 channels | $e conv.onnx --mean 1,2
3 | three.onnx: it has 3 outputs, and sample 3 the label 3 | $THALWEG serve three.onnx
3 | grey.onnx: the network takes images | $THALWEG plane grey.onnx -o p.h5 --x=0:1:2 --y=0:1:2
END
# ---- the first step suits the gradient: that of drawn weights is a hundred times that of others
expect 0 train resnet20 --limit 32 --batch 32 -n 2 -m sgd -q --log drawn.csv --json
json "o['loss'] < 10"
step=$(awk -F, '/^[0-9]/ { print $2; exit }' drawn.csv)
awk -v step="$step" 'BEGIN { exit !(step > 0 && step < 0.01) }' || fail "train: a step of $step from drawn weights"
expect 0 train conv.onnx --limit 32 -n 1 -m momentum -q --log given.csv
first=$(awk -F, '/^[0-9]/ { print $2; exit }' given.csv)
awk -v step="$first" 'BEGIN { exit !(step > 0 && step <= 0.00500001) }' || fail "train: a step of $first"
rm -f drawn.csv given.csv

# ---- weights that nobody gave are told by every command whose result depends on them
few="resnet20 --limit 1 --reg 0"
for command in "gradient $few" "steps $few --steps 1e-3" "gradcheck $few --max-evaluations 4" "spectrum $few --largest 1 --max-products 2" \
    "sharpness $few --radius 0.1 --draws 2" "train $few -n 1 --step 1e-6" "eval $few" "slice $few --x=0:0:1 --json"; do
    "$THALWEG" $command >"$scratch/out" 2>"$scratch/err"
    [ "$(grep -c 'note: without --weights those of resnet20 are drawn (--seed 0): it is not trained' "$scratch/err")" -eq 1 ] ||
        fail "$command: not said once: $(cat "$scratch/err")"
done
"$THALWEG" serve $few </dev/null >"$scratch/out" 2>"$scratch/err"
grep -q 'without --weights those of resnet20 are drawn' "$scratch/err" || fail "serve: not said"

# what looks odd and is not
expect 0 info long-name.onnx # a name of 500 letters
for network in open long-name unsaid empty-batch batch4 integers whole-input; do
    expect 0 eval $network.onnx --limit 50 --json
    json "close(o['loss'], $loss, 1e-6)"
done
expect 0 eval conv.onnx --limit 50 --micro-batch 1000000000 --json
json "close(o['loss'], $loss, 1e-6)"
finish
