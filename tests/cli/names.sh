#!/bin/sh
# Names and texts of foreign files that a terminal would obey: shown as '?', escaped in JSON, which is
# printed whole or not at all.
. "$THALWEG_SOURCE/tests/cli/common.sh"
have_arrays || skip "no Python with NumPy and h5py"

"$python" - <<'PYTHON' || exit 99
import h5py, numpy as np, pickle, os
evil = "a\x1b]0;owned\x07\x9b31m\u202eb\nc\u2066\x7f\r"
def provenance(f, kind):
    g = f.create_group("thalweg")
    g.attrs["kind"] = kind
    g.attrs[evil] = evil
    g.attrs.create("raw", np.bytes_(b"\xff\x1b[2J\xc3"))
with h5py.File("surface.h5", "w") as f:
    f["xcoordinates"] = f["ycoordinates"] = np.arange(3.0)
    f["train_loss"] = f[evil.replace("/", "")] = np.ones((3, 3))
    provenance(f, "surface")
with h5py.File("weights.h5", "w") as f:
    f[evil] = np.ones((3, 2))
    f["weights/" + evil] = np.ones((3, 2))
    provenance(f, "weights")
np.savez("weights.npz", **{evil.encode("ascii", "ignore").decode(): np.ones((2, 2)), "b": np.ones(2)})
open("table.csv", "w", newline="").write("# thalweg steps\n# command: \x1b[2J\u202e\nstep,\x1b[1mloss\x9b\n1,2\n")
os.mkdir("cifar")
for k in range(1, 6):
    pickle.dump({b"data": np.zeros((2, 3072), np.uint8), b"labels": [0, 1]}, open("cifar/data_batch_%d" % k, "wb"), 2)
pickle.dump({b"data": np.zeros((2, 3072), np.uint8), b"labels": [0, 1]}, open("cifar/test_batch", "wb"), 2)
pickle.dump({b"label_names": [evil.encode()] * 10}, open("cifar/batches.meta", "wb"), 2)
PYTHON

cat >"$scratch/clean.py" <<'PYTHON'
import sys, unicodedata
for name in sys.argv[1:]:
    text = open(name, "rb").read().decode("utf-8")
    bad = [c for c in text if c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Zl", "Zp")
           or unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))]
    if bad:
        sys.exit("%s: %r in %r" % (name, bad[0], text[:300]))
PYTHON
clean() {
    "$python" "$scratch/clean.py" "$scratch/out" "$scratch/err" || fail "$*: a terminal would obey it"
}
for file in surface.h5 weights.h5 weights.npz table.csv cifar; do
    expect 0 info "$file"
    grep -q '?' "$scratch/out" || fail "info $file: the name is not shown at all: $(cat "$scratch/out")"
    [ "$(grep -c '^c?' "$scratch/out")" -eq 0 ] || fail "info $file: a name makes a line of its own"
    clean "info $file"
    expect 0 info "$file" --json
    json 'o["files"]'
    clean "info $file --json"
done
expect 0 info surface.h5 --json
json '"a\x1b]0;owned\x07\x9b31m\u202eb\nc\u2066\x7f\r" in o["files"][0]["provenance"]'

# names of files in errors and talk
name=$(printf 'n\033[31m\342\200\256\302\233.h5')
run eval --data synthetic:20 --weights "$name"
[ "$code" -eq 3 ] || fail "a missing file: exit code $code"
clean "a missing file of a bad name"
expect 0 slice --data synthetic:20 --x=-1:1:3 -o "$name"
expect 0 slice --data synthetic:20 --x=-1:1:3 -o "$name"
grep -q 'is complete' "$scratch/err" || fail "no talk of a complete file"
clean "talk of a file of a bad name"
expect 0 slice --data synthetic:20 --x=-1:1:3 -o plain.h5

# half a JSON object is none
for line in "info plain.h5 nowhere.h5" "info plain.h5 plain.h5 cifar/batches.meta" "eval --data nowhere"; do
    run $line --json
    [ "$code" -ne 0 ] || fail "$line --json: exit code 0"
    [ ! -s "$scratch/out" ] || fail "$line --json: half an object: $(cat "$scratch/out")"
done
expect 0 info plain.h5 surface.h5 --json
json 'len(o["files"]) == 2'
# Parameters that cannot be read: info says why, not that they are no data set.
"$python" - <<'PYTHON'
import h5py, numpy as np
with h5py.File("deep.h5", "w") as f:
    f.create_group("weights" + 100 * "/g")["w"] = np.ones(3)
with h5py.File("claims.h5", "w") as f:
    f.create_dataset("weights/w", shape=(40000, 20000), dtype="f8", chunks=(100, 100))
PYTHON
refuse 3 "'deep.h5': its groups are nested more than 64 deep" "$THALWEG info deep.h5"
refuse 3 "'claims.h5': .*larger than the file" "$THALWEG info claims.h5"
# Letters beyond ASCII are no such thing: archives of NumPy's are read, and read by it.
"$python" -c 'import numpy as np; np.savez("letters.npz", **{"gr\u00f6\u00dfe": np.arange(3.0), "b": np.ones(2)})'
expect 0 info letters.npz --json
json 'o["files"][0]["blocks"][0]["name"] == "gr\u00f6\u00dfe"'
expect 0 convert letters.npz letters.h5
expect 0 convert letters.h5 back.npz
"$python" -c 'import numpy as np; assert list(np.load("back.npz"))[:2] == ["gr\u00f6\u00dfe", "b"]' || fail "NumPy reads other names"
finish
