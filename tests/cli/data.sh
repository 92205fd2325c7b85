#!/bin/sh
# Data as people have them: columns, labels and archives by the command line, and what is said of them.
. "$THALWEG_SOURCE/tests/cli/common.sh"

cat >iris.csv <<'CSV'
id;length;width;species
1;5,1;3,5;setosa
2;4,9;3,0;virginica
3;6,1;2,9;versicolor
4;5,0;3,2;setosa
CSV
printf 'a,b,kind\n5,1,1\n4,2,2\n6,3,1\n' >kinds.csv

# ---- notes are said once, on standard error, and are part of what info says
expect 0 eval softmax --data iris.csv --decimal , --init zero --json
json 'close(o["loss"], math.log(3)) and close(o["accuracy"], 0.5) and o["parameters"] == 12'
[ "$(grep -c 'note: labels are words: 3 classes' "$scratch/err")" -eq 1 ] || fail "note: $(cat "$scratch/err")"
expect 0 eval softmax --data iris.csv --decimal , --init zero -q
[ ! -s "$scratch/err" ] || fail "-q: $(cat "$scratch/err")"
expect 0 info iris.csv --decimal , --json
json '(lambda s: s["labels"].startswith("column 4 of 4") and s["notes"][0].startswith("labels are words")
      and [c["name"] for c in s["class_counts"]] == ["setosa", "versicolor", "virginica"])(o["files"][0]["train"])'

# ---- the column and the first number
table <<'CASES'
3 | kinds.csv', line 1: none of the 3 columns is called label.*--label | "$THALWEG" eval softmax --data kinds.csv
2 | no column 'sort' | "$THALWEG" eval softmax --data kinds.csv --label sort
2 | labels-from.*(0, 1|0 or 1) | "$THALWEG" eval softmax --data kinds.csv --label kind --labels-from 2
3 | where commas are decimal, say so \(--decimal ,\) | "$THALWEG" eval softmax --data iris.csv
CASES
expect 0 eval softmax --data kinds.csv --label kind --init zero --json
json 'close(o["loss"], math.log(3))'
grep -q 'class 0 has no sample.*--labels-from 1' "$scratch/err" || fail "no note: $(cat "$scratch/err")"
expect 0 eval softmax --data kinds.csv --label 3 --labels-from 1 --init zero --json
json 'close(o["loss"], math.log(2))'
[ ! -s "$scratch/err" ] || fail "a note too many: $(cat "$scratch/err")"
expect 0 info kinds.csv --label kind
grep -q "labels  *column 3 of 3, 'kind'" "$scratch/out" || fail "info: $(cat "$scratch/out")"

# ---- the order of the features: a classifier whose weights were made for the other order
expect 0 train softmax --data synthetic:60 --channels last -n 20 --method gd --init zero -q -o last.npy
expect 0 train softmax --data synthetic:60 -n 20 --method gd --init zero -q -o first.npy
expect 0 eval softmax --data synthetic:60 --channels last --weights last.npy --json
cp "$scratch/out" last.json
expect 0 eval softmax --data synthetic:60 --weights last.npy --json
json 'not close(o["loss"], json.load(open("last.json"))["loss"], 1e-3)'
expect 0 info synthetic:60
grep -q 'one plane per channel' "$scratch/out" || fail "info says no order: $(cat "$scratch/out")"
if have_arrays; then
    "$python" - <<'PYTHON' || fail "the rows of one order are not those of the other"
import numpy as np
# From the zero point gradient descent is the same but for the order of the rows.
first, last = np.load("first.npy"), np.load("last.npy")
rows = first[:3072].reshape(3, 1024, 10).transpose(1, 0, 2).reshape(3072, 10)
assert np.allclose(rows, last[:3072], rtol=1e-9, atol=1e-12) and np.allclose(first[3072], last[3072])
PYTHON
fi

# ---- size and colours
expect 0 info synthetic:20 --size 8x6 --color grey --json
json 'all(o["files"][0][s]["image"] == [1, 8, 6] and o["files"][0][s]["features"] == 48 for s in ["train", "test"])'
expect 0 eval mlp:4 --data synthetic:20 --size 8:10 --init normal:1e-3 --json
json 'o["parameters"] == 4 * 193 + 10 * 5'
table <<'CASES'
2 | --size: '8x' is not N, HEIGHTxWIDTH | "$THALWEG" eval softmax --size 8x
2 | --size: '8x8x8' is not | "$THALWEG" eval softmax --size 8x8x8
2 | --size: '8:7' is not .*no smaller than they are | "$THALWEG" eval softmax --size 8:7
2 | --size: '0' is not | "$THALWEG" eval softmax --size 0
2 | each side has 1 to 65535 pixels | "$THALWEG" eval softmax --size 70000
2 | color.*(as-is, rgb, grey|rgb or grey) | "$THALWEG" eval softmax --color blue
2 | kinds.csv' holds plain features, not images | "$THALWEG" eval softmax --data kinds.csv --label kind --size 8
2 | --size: 'rosenbrock' is a function, which does not use it | "$THALWEG" eval rosenbrock --size 8
2 | thalweg calls it --size=HxW | "$THALWEG" eval softmax --resize 8
CASES

# ---- folders of images by class
if have_arrays; then
    "$python" "$THALWEG_SOURCE/tests/data/make_folders.py" "$PWD/images" || fail "make_folders.py"
    if "$THALWEG" info images/allgrey >"$scratch/out" 2>"$scratch/err"; then
        expect 0 info images/both --json
        json '(lambda s: s["train"]["samples"] == 12 and s["test"]["samples"] == 4 and len(s["train"]["notes"]) == 3
              and [c["name"] for c in s["test"]["class_counts"]][:2] == ["Emu", "cat"])(o["files"][0])'
        expect 0 eval softmax --data images/sizes --size 6 --classes b,a --limit 3 --init zero --json
        json 'o["samples"] == 3 and o["parameters"] == 2 * (3 * 36 + 1) and close(o["loss"], math.log(2))'
        table <<'CASES'
3 | of several sizes: .*--size HxW | "$THALWEG" eval softmax --data images/sizes
3 | broken/b/41.png' is no whole PNG image | "$THALWEG" eval softmax --data images/broken
2 | --plot would overwrite .*, which belongs to the data | "$THALWEG" train softmax --data images/both --init zero -n 1 --plot images/both/train/cat/z.png
CASES
    else
        grep -q 'built without libpng' "$scratch/err" || fail "images: $(cat "$scratch/err")"
    fi
fi

# ---- the archive as it was downloaded is the folder
subset=$shared/cifar-10-subset
if [ -d "$subset" ]; then
    tar -czf cifar-10-python.tar.gz -C "$subset" cifar-10-batches-py
    for split in train test; do
        expect 0 info "$subset" --split $split --json
        cp "$scratch/out" folder.json
        expect 0 info cifar-10-python.tar.gz --split $split --json
        json "o['files'][0]['$split'] == json.load(open('folder.json'))['files'][0]['$split']"
    done
fi
finish
