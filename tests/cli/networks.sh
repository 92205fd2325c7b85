#!/bin/sh
# Trained networks on real images: by checkpoint and by file, through the commands, against the
# numbers of PyTorch and of tomgoldstein/loss-landscape's own code.
. "$THALWEG_SOURCE/tests/cli/common.sh"

images=$shared/cifar-10-subset/cifar-10-batches-py
models=$shared/models
[ -d "$images" ] && [ -f "$models/resnet20.onnx" ] || skip "no images or no models"
have_arrays || skip "no Python with NumPy and h5py"
"$THALWEG" info "$models/resnet20.onnx" >/dev/null 2>&1 || skip "a build without ONNX files"
data="--data $images --split test"
known="--model resnet20 --weights $models/resnet20-12fca82f.th"

# ---- what a network is
expect 0 info "$models/resnet20.onnx" --json
json "o['files'][0]['parameters'] == 269722 and o['files'][0]['opset'] == 13"
json "o['files'][0]['operators']['Conv'] == 19 and o['files'][0]['producer'].startswith('pytorch')"
json "o['files'][0]['blocks'][0]['name'] == 'conv1.weight' and o['files'][0]['blocks'][3]['role'] == 'buffer'"
json "o['files'][0]['multiply-adds'] > 4.05e7"
json "o['files'][0]['unsupported'] == []"
expect 0 info "$models/onnx/20-pytorch1.9-refused-scatternd.onnx" --json
json "o['files'][0]['unsupported'] == [{'operator': 'ScatterND', 'node': 'ScatterND_128'}]"
expect 0 info "$models/onnx/21-pytorch1.6-refused-hummingbird.onnx"
grep -q "unsupported *OneHot (node '" "$scratch/out" || fail "unsupported: $(cat "$scratch/out")"
for known_as in "resnet110 1727962" "resnet56-b 855770" "wrn28-10 36479194" "vgg9 2789706" "vgg16 14991946" "densenet121 6956298"; do
    expect 0 info "${known_as% *}" --json
    json "o['files'][0]['parameters'] == ${known_as#* }"
done

# ---- the same network both ways, and how pixels are prepared
expect 0 eval $known $data --limit 100 --json
json "close(o['loss'], 0.22284031704064738, 1e-5) and abs(o['accuracy'] - 0.94) < 1e-9"
expect 0 eval "$models/resnet20.onnx" $data --limit 100 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --json
json "close(o['loss'], 0.22284031704064738, 1e-5) and 'top5_accuracy' in o"
expect 0 eval "$models/resnet20.onnx" $data --limit 100 --preprocess try --json
grep -q 'raw255 *accuracy' "$scratch/err" && grep -q 'fits best, and is used' "$scratch/err" || fail "try: $(cat "$scratch/err")"

# ---- what nobody asked for is said, once, and what was asked for is not
# said COUNT REGEX: so many lines of standard error match.
said() {
    [ "$(grep -Ec -- "$2" "$scratch/err")" -eq "$1" ] || fail "not $1 lines like '$2': $(cat "$scratch/err")"
}
unprepared="pixels are divided by 255 and nothing else; .*--preprocess try"
expect 0 eval "$models/resnet20.onnx" $data --limit 4
said 1 "$unprepared"
said 1 "^note"
expect 0 slice "$models/resnet20.onnx" --data $images --limit 4 --x=0:1:2 --test -o said.h5
said 1 "$unprepared"
for way in "--mean 0.5" "--std 0.5" "--pixel-scale 1" "--preprocess unit"; do
    expect 0 eval "$models/resnet20.onnx" $data --limit 4 $way
    said 0 "^note"
done
expect 0 eval "$models/resnet20.onnx" --limit 4
said 1 "without --data the samples are built-in synthetic images"
said 1 "^note"
expect 0 eval resnet20 $data --limit 4 --seed 3
said 1 "without --weights those of resnet20 are drawn \(--seed 3\)"
expect 0 slice resnet20 $data --limit 4 --x=0:1:2 -o drawn.h5
said 1 "without --weights those of resnet20 are drawn"
expect 0 eval $known $data --limit 4
said 0 "drawn|synthetic|classes|divided"
expect 0 eval $known $data --classes dog,cat --limit 4
said 1 "the data have 2 classes, the network 10 outputs: .*0 for 'dog' to 1 for 'cat'.*--classes"
expect 0 eval resnet20 $data --classes dog,cat --limit 4 --json
said 0 "classes"
json "o['parameters'] == 270578"

# ---- nine points of the plane that the peer's code made
expect 0 plane $known $data --limit 200 --directions "$shared/reference/resnet20-plane/directions.h5" --x=-1:1:3 --y=-1:1:3 -o plane.h5 --json
"$python" - "$shared/reference/resnet20-plane/surface.h5" plane.h5 <<'END' || fail "plane of the peer"
import sys, h5py, numpy
peer, ours = h5py.File(sys.argv[1]), h5py.File(sys.argv[2])
theirs = peer["train_loss"][::5, ::5]
assert numpy.max(numpy.abs(ours["test_loss"][()] - theirs) / theirs) < 1e-5
assert numpy.max(numpy.abs(ours["test_acc"][()] - peer["train_acc"][::5, ::5])) < 1e-9
END

# ---- towards another network of the kind, statistics along with the rest or not
other=$models/checkpoints/kejeon-rn20.pth
expect 0 eval --model resnet20 --weights "$other" $data --limit 20 --json
loss=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["loss"])' <"$scratch/out")
expect 0 slice "$models/resnet20.onnx" $data --limit 20 --preprocess imagenet --to "$other" --x=0:1:2 -o line.h5 --json=values
json "close(o['values']['test_loss'][1], $loss, 1e-6)"
expect 0 slice "$models/resnet20.onnx" $data --limit 20 --preprocess imagenet --to "$other" --bn frozen --x=0:1:2 -o frozen.h5 --json=values
json "o['values']['test_loss'][1] > 2 * $loss"
expect 0 slice "$models/resnet20.onnx" $data --limit 4 --preprocess imagenet --bn reestimated --x=0:0:1 -o again.h5 --json

# ---- parameters of a file, out and in again
for form in safetensors npz h5; do
    expect 0 convert "$models/resnet20.onnx" w.$form --json
    expect 0 eval "$models/resnet20.onnx" --weights w.$form $data --limit 20 --preprocess imagenet --json
    cp "$scratch/out" eval.$form
    expect 0 eval --model resnet20 --weights w.$form $data --limit 20 --json
    json "close(o['loss'], $("$python" -c 'import json, sys; print(json.load(sys.stdin)["loss"])' <eval.$form), 1e-6)"
done
expect 0 convert w.safetensors again.npz
"$python" - "$models/resnet20.onnx" <<'END' || fail "parameters of a file"
import json, struct, sys, h5py, numpy
raw = open("w.safetensors", "rb").read()
size, = struct.unpack("<Q", raw[:8])
header = json.loads(raw[8:8 + size])
h5, npz, again = h5py.File("w.h5")["weights"], numpy.load("w.npz"), numpy.load("again.npz")
names = [name for name in header if name != "__metadata__"]
assert len(names) == 97 and sorted(names) == sorted(h5) and set(names) <= set(npz.files)
found = {}
for name in names:
    t = header[name]
    assert t["dtype"] == "F32"
    found[name] = numpy.frombuffer(raw[8 + size:][slice(*t["data_offsets"])], "<f4").reshape(t["shape"])
    assert numpy.array_equal(found[name], h5[name]) and numpy.array_equal(found[name], npz[name]) and numpy.array_equal(npz[name], again[name])
try:
    import onnx, onnx.numpy_helper
except ImportError:
    sys.exit()
for t in onnx.load(sys.argv[1]).graph.initializer:
    assert t.name not in found or numpy.array_equal(onnx.numpy_helper.to_array(t), found[t.name])
END

# ---- the same under other names: by layers, in their order; and what was folded
"$python" - <<'END' || fail "other names"
import json, struct
raw = open("w.safetensors", "rb").read()
size, = struct.unpack("<Q", raw[:8])
header, layers, renamed = json.loads(raw[8:8 + size]), {}, {}
for name, tensor in header.items():
    if name != "__metadata__":
        stem, part = name.rsplit(".", 1)
        renamed["part%d.%s" % (layers.setdefault(stem, len(layers)), part)] = tensor
text = json.dumps(renamed).encode()
open("renamed.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + raw[8 + size:])
END
expect 0 eval "$models/resnet20.onnx" --weights renamed.safetensors $data --limit 20 --preprocess imagenet --json
json "o['loss'] == json.load(open('eval.safetensors'))['loss']"
grep -q "0 blocks matched by name, 97 by order and shape" "$scratch/err" || fail "note: $(cat "$scratch/err")"
expect 3 eval "$models/resnet20-folded.onnx" --weights "$models/resnet20-12fca82f.th" $data --limit 20
grep -q "19 normalisations, the network 0 (were they folded" "$scratch/err" || fail "folded: $(cat "$scratch/err")"

# ---- of another architecture: which one, wherever a file of parameters is read
like="its shapes are those of resnet56 or resnet56-noshort, for 3 channels and 10 classes; a"
for file in "$models/resnet56-4bfd9763.th" "$models/resnet56.onnx"; do
    expect 3 eval --model resnet20 --weights "$file" $data --limit 2
    grep -q "$like .* of another model: it has all of the model's 97 blocks, and 180" "$scratch/err" || fail "another: $(cat "$scratch/err")"
done
for way in "softmax --weights" "resnet20 --to" "resnet20 --dx" "resnet20 --dx=to:"; do
    case $way in *:) file=$way$models/resnet56-4bfd9763.th ;; *) file="$way $models/resnet56-4bfd9763.th" ;; esac
    expect 3 slice $file $data --limit 2 --x=0:1:2 -o no.h5
    grep -q "$like PyTorch checkpoint" "$scratch/err" || fail "another, $way: $(cat "$scratch/err")"
done

# ---- gradients, steps, training
expect 0 gradient $known $data --limit 50 --json
json "o['method'] == 'analytic' and close(o['norm'], 3.193790208289415, 1e-4)"
expect 0 steps $known $data --limit 8 --steps 1e-6,1e-3 --json
json "o['gradient'] == 'analytic'"
expect 0 train $known --data $images --limit 8 --method sgd --iterations 1 --batch 4 --step 1e-3 -o w.npz --json
expect 0 eval --model resnet20 --weights w.npz $data --limit 8 --json
mkdir small && cp "$shared/reference/curvature/small-hessian/features.npy" small/X.npy && cp "$shared/reference/curvature/small-hessian/labels.npy" small/y.npy
expect 0 gradcheck "$shared/reference/curvature/small-hessian/mlp-tanh.onnx" --data small --precision double --json
json "o['verdict'] == 'pass' and len(o['probes']) == len(o['blocks']) and not o['entries'] and o['evaluations'] < 200"
expect 0 gradcheck resnet20 --data synthetic:2 --precision double --max-evaluations 1 --inconclusive pass --json
json "o['blocks_not_moved'] == 38 and all((b['verdict'] == 'not moved') == ('running' in b['name']) for b in o['blocks'])"

finish
