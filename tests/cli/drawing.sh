#!/bin/sh
# Results as pictures and for ParaView: what convert, plot and the ends of surveys make of them.
. "$THALWEG_SOURCE/tests/cli/common.sh"
small="--data synthetic:300"
at="mlp:8 $small --init he --seed 1"

expect 0 train $at --method sgd --iterations 60 --report-every 6 --trajectory sgd-run.h5 --log sgd.csv
expect 0 train $at --method adam --iterations 60 --report-every 6 --trajectory adam-run.h5 --log adam.csv
expect 0 plane mlp:8 $small --seed 1 --trajectory sgd-run.h5,adam-run.h5 --x=-3:3:13 --y=-3:3:9 -o paths.h5
expect 0 plane mlp:8 $small --seed 1 --trajectory sgd-run.h5 --x=-3:3:13 --y=-3:3:9 \
    --projection proj.h5 -o plane.h5

# ---- for ParaView: the loss as the height, whatever the order of the metrics
# heights FILE EXPRESSION: over z (heights) and the arrays of a .vts file.
heights() {
    have_arrays || return 0
    "$python" - "$THALWEG_SOURCE/tests/file" "$1" "$2" <<'PYTHON' || fail "$1: not so: $2"
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import numpy as np, outside_vtk
*_, parts = outside_vtk.read_vtk_xml(sys.argv[2])
z = parts["Points"]["points"][:, 2]
sys.exit(0 if eval(sys.argv[3], {"z": z, "np": np, **parts["PointData"]}) else 1)
PYTHON
}
expect 0 convert plane.h5 plane.vts
heights plane.vts '(z == train_loss).all()'
expect 0 convert plane.h5 log.vts --log --metric train_data_loss
heights log.vts 'np.allclose(10 ** z, train_data_loss, rtol=1e-12)'
expect 0 convert plane.h5 plane.vtk --log
grep -q "note" "$scratch/err" || fail "convert: the path of plane.h5 is lost in silence"
peer=$shared/reference/resnet20-plane/surface.h5
if [ -f "$peer" ]; then
    expect 0 convert "$peer" peer.vts # its train_acc comes first
    heights peer.vts '(z == train_loss).all() and z.max() > 400'
    expect 0 convert "$peer" peer.vts --metric train_acc
    heights peer.vts '(z == train_acc).all()'
fi
expect 0 convert paths.h5 paths.vtp --log
heights paths.vtp 'len(z) == 22 and np.isfinite(loss).all() and (checkpoint[[0, 11]] == 0).all()'
expect 0 convert proj.h5 proj.vtp
heights proj.vtp 'len(z) == 11 and (z == 0).all()'
if have_arrays; then
    "$python" -c 'import h5py, numpy
f = h5py.File("plane.h5", "r+")
keep = numpy.zeros((9, 13), bool)
keep[::2, ::3] = True
for n in list(f):
    if n.endswith(("loss", "acc", "regularizer")):
        f[n][:] = numpy.where(keep, f[n][:], -1)
f["thalweg/computed"][:] = keep' || fail "a part of plane.h5"
    expect 0 convert plane.h5 part.vts
    grep -q "not complete; 'part.vts' has the finest grid that is, 25 of 117 points" "$scratch/err" ||
        fail "convert of a part: $(cat "$scratch/err")"
    heights part.vts 'len(z) == 25 and computed.all()'
fi
table <<'END'
2 | unknown metric 'loss'; there are: train_loss, | $THALWEG convert plane.h5 a.vts --metric loss
2 | --metric: only a surface that goes to .vts, .vtk or .vtp | $THALWEG convert plane.h5 a.csv --metric train_loss
2 | --log: only a surface that goes | $THALWEG convert proj.h5 a.vtp --log
2 | 'sgd.csv' is a table of kind 'descent'; projections go to .vtp | $THALWEG convert sgd.csv a.vtp
END

# ---- what a picture cannot use is refused, and what its font lacks is told
if can_draw; then
    table <<'END'
2 | --levels: the picture is of kind heat; contour, filled and 3d can use it | $THALWEG plot plane.h5 --view heat --levels 1,2 -o a.png
2 | --azimuth: the picture is of kind contour; 3d can use it | $THALWEG plot plane.h5 --azimuth 10 -o a.png
2 | --limits: the picture is of kind contact sheet; contour, filled, heat, 3d, slice, descent and steps can use it | $THALWEG info synthetic:20 --sheet a.png --limits 1:2
2 | --aspect: the picture is of kind descent; | $THALWEG plot sgd.csv --aspect equal -o a.png
2 | none of 1 contour level lies between | $THALWEG plot plane.h5 --levels 1e9 -o a.png
2 | --view: the picture is of kind descent; contour, filled, heat and 3d can use it | $THALWEG plot sgd.csv --view heat -o a.png
2 | no value lies within the limits 1e.09:2e.09: [0-9]* lie below and 0 above | $THALWEG plot plane.h5 --limits 1e9:2e9 -o a.png
2 | no value lies within the limits 1e.09:2e.09; they go from | $THALWEG plot sgd.csv --limits 1e9:2e9 -o a.png
END
    expect 0 plot plane.h5 --title '上海 a' --limits 0.1:9 --aspect 2 --for slide --theme dark -o a.png
    grep -q "lacks 2 letters" "$scratch/err" || fail "letters that the font lacks: $(cat "$scratch/err")"
fi

# ---- the ends of surveys: how to draw them, other formats, values in JSON
expect 0 slice himmelblau --x=-1:1:9 -o s.csv
! can_draw || grep -qx 'draw it: thalweg plot s.csv' "$scratch/err" || fail "slice -o: no word on plot"
expect 0 slice himmelblau --x=-1:1:9 -o s.csv -q
[ -s "$scratch/err" ] && fail "-q: $(cat "$scratch/err")"
for ending in csv npz h5; do
    # begun, interrupted after some points and gone on with: the bytes of a run left alone
    expect 0 plane himmelblau --norm none --x=-1:1:9 --y=0:1:7 -o "p.$ending" --json
    expect 0 plane himmelblau --norm none --x=-1:1:9 --y=0:1:7 -o "p.$ending" --json
    json "o['continued'] == 63 and o['points'] == 63"
    refuse 2 "p.$ending' is from another run: x is '-1:1:9' there and '-1:1:11' here" \
        "\$THALWEG plane himmelblau --norm none --x=-1:1:11 --y=0:1:7 -o p.$ending"
done
if have_arrays; then
    "$python" - <<'PYTHON' || fail "parts of p.csv and p.npz"
import numpy as np, zipfile, io
lines = open("p.csv").read().splitlines()
data = [k for k, l in enumerate(lines) if l[0] in "-0123456789"]
header = data[0] - 1
width = lines[header].count(",") - 1
lines[header] += ",computed"
for n, k in enumerate(data):
    x, y, *values = lines[k].split(",")
    lines[k] = ",".join([x, y, *(values if n % 3 else ["nan"] * width), "1" if n % 3 else "0"])
open("part.csv", "w").write("\n".join(lines) + "\n")
with zipfile.ZipFile("p.npz") as a, zipfile.ZipFile("part.npz", "w") as b:
    for name in a.namelist():
        bytes = a.read(name)
        if name == "computed.npy":
            array = np.load(io.BytesIO(bytes))
            array[::2] = 0
            out = io.BytesIO()
            np.save(out, array)
            bytes = out.getvalue()
        b.writestr(name, bytes)
PYTHON
    for ending in csv npz; do
        expect 0 plane himmelblau --norm none --x=-1:1:9 --y=0:1:7 -o "part.$ending" --json
        json "0 < o['continued'] < 63"
        expect 0 convert "part.$ending" "part-$ending.csv"
    done
    expect 0 convert p.npz whole.csv
    sed /command/d whole.csv >whole.txt
    for ending in csv npz; do
        sed /command/d part-$ending.csv >part.txt
        cmp -s whole.txt part.txt || fail "part.$ending: what was gone on with is not what was left alone"
    done
fi
expect 0 plane mlp:8 $small --seed 1 --trajectory sgd-run.h5 --x=-3:3:5 --y=-3:3:5 -o p5.csv
grep -q "cannot hold the paths" "$scratch/err" || fail "plane -o p5.csv: the path is lost in silence"

expect 0 plane himmelblau --norm none --x=-1:1:3 --y=0:1:2 --json=values
json 'o["x"] == [-1, 0, 1] and o["y"] == [0, 1] and list(o["values"]) == ["train_loss"]'
json '[len(r) for r in o["values"]["train_loss"]] == [3, 3] and min(map(min, o["values"]["train_loss"])) == o["minimum"]'
expect 0 slice softmax $small --x=0:1e308:3 --json=values
json '"y" not in o and len(o["values"]["train_acc"]) == 3 and o["values"]["train_loss"][0] == o["center"]'
json 'o["values"]["train_loss"][2] is None' # it overflows
expect 0 slice himmelblau --json
json '"values" not in o'

# ---- pages
expect 0 plane himmelblau --norm none --x=-1:1:9 --y=0:1:7 -o v.h5
grep -qx 'turn it: thalweg view v.h5' "$scratch/err" || fail "plane -o: no word on view"
expect 0 view v.h5
grep -qx 'open it in a browser: v.html' "$scratch/err" || fail "view: no word on the page: $(cat "$scratch/err")"
expect 0 view v.h5 s.csv sgd.csv proj.h5 --json # its own page is replaced
json 'o["page"] == "v.html" and o["files"] == ["v.h5", "s.csv", "sgd.csv", "proj.h5"] and o["bytes"] > 100000'
expect 0 view v.h5 -o again.html
expect 0 view v.h5 -o other.html -q
sed 's/other.html/again.html/g; s/ -q//' other.html >other.txt
sed 's/ -q//' again.html | cmp -s - other.txt || fail "view: not the same bytes"
expect 0 view plane.h5 proj.h5 v.h5 -o paths.html --metric train_acc --view heat --colormap cividis --linear --title 'a < b'
[ "$(grep -c '<title>a &#60; b</title>' paths.html)" = 1 ] || fail "view: the title"
[ "$(grep -o '"type": "table"' paths.html | wc -l)" = 0 ] || fail "view: a projection has a panel beside its plane"
expect 0 view proj.h5 paths.h5 -o apart.html
grep -q "note: 'proj.h5' was projected onto a different plane; it has a panel of its own" "$scratch/err" ||
    fail "view: a projection of another plane: $(cat "$scratch/err")"
echo mine >s.html
table <<'END'
2 | 's.html' exists and was not written by thalweg; give -o FILE.html | $THALWEG view s.csv
2 | -o 'a.png': the name must end in .html or .htm | $THALWEG view s.csv -o a.png
2 | unknown metric 'loss'; there are: train_loss | $THALWEG view v.h5 --metric loss -o a.html
2 | no file has a metric 'loss' | $THALWEG view sgd.csv --metric loss -o a.html
2 | --log and --linear cannot be used together | $THALWEG view v.h5 --log --linear -o a.html
3 | 'sgd-run.h5' holds parameters; only | $THALWEG view v.h5 sgd-run.h5 -o a.html
3 | cannot open 'missing.h5': No such file | $THALWEG view missing.h5
END
[ "$(cat s.html)" = mine ] || fail "view replaced a file that is not its own"

# ---- plot without -o
refuse 3 "cannot open 'missing.h5': No such file" '$THALWEG plot missing.h5'
refuse 3 "cannot open 'missing.csv': No such file" '$THALWEG plot s.csv missing.csv'
if ! can_draw; then
    refuse 3 'need Cairo' '$THALWEG plot s.csv'
    finish
fi
mkdir folder && cp s.csv folder/s.csv
expect 0 plot folder/s.csv
grep -qx 'drawn: folder/s.png' "$scratch/err" || fail "plot: no word on the picture: $(cat "$scratch/err")"
expect 0 plot folder/s.csv --json # its own picture is replaced
json 'o == {"picture": "folder/s.png", "files": ["folder/s.csv"]}'
cmp -s folder/s.png s.png && fail "a picture in the wrong folder"
echo mine >s.png
refuse 2 "'s.png' exists and was not drawn by thalweg; give -o" '$THALWEG plot s.csv'
[ "$(cat s.png)" = mine ] || fail "plot replaced a file that is not its own"
expect 0 plot s.csv -o s.png

# ---- several in one picture
# says PDF WORD...: the picture has these words.
says() {
    command -v pdftotext >/dev/null || return 0
    pdf=$1
    pdftotext "$pdf" "$scratch/words"
    shift
    for word in "$@"; do
        grep -qF -- "$word" "$scratch/words" || fail "$pdf does not say '$word': $(tr '\n' ' ' <"$scratch/words")"
    done
}
says_not() {
    command -v pdftotext >/dev/null || return 0
    pdftotext "$1" "$scratch/words"
    ! grep -qF -- "$2" "$scratch/words" || fail "$1 says '$2': $(tr '\n' ' ' <"$scratch/words")"
}
expect 0 plot sgd.csv adam.csv --log -o logs.pdf
says logs.pdf sgd adam 'training loss' iteration
expect 0 plot sgd.csv adam.csv --metric test_acc -o accuracy.pdf
says accuracy.pdf 'test accuracy (%)'
expect 0 plot sgd.csv --metric train_loss -o one.pdf
expect 0 slice softmax $small --seed 1 --x=-1:1:9 -o one.h5
expect 0 slice softmax $small --seed 2 --x=-2:1:7 -o folder/one.h5
expect 0 slice softmax $small --split test --x=-2:1:7 -o test.h5
expect 0 plot one.h5 folder/one.h5 -o slices.pdf
says slices.pdf 'one.h5' 'folder/one.h5' 'training loss'
expect 0 plot one.h5 test.h5 -o both.pdf
says both.pdf one test
# What the axes are called: a parameter that all slices are along, and the loss of what has no data.
for seed in 1 2; do
    expect 0 slice softmax $small --seed $seed --dx 'axis:W[12,3]' --x=-1:1:9 -o along$seed.h5
done
expect 0 plot along1.h5 along2.h5 -o along.pdf
says along.pdf 'W[12,3]' 'training loss'
expect 0 plot along1.h5 one.h5 -o mixed.pdf
says_not along.pdf α
says_not mixed.pdf 'W[12,3]'
expect 0 plane himmelblau -o him.h5 -p him.pdf
expect 0 slice sphere:3 -o s3.h5 -p s3.pdf
expect 0 slice sphere:3 --seed 1 -o s4.h5 -q
expect 0 plot s3.h5 s4.h5 -o s34.pdf
expect 0 plot him.h5 --view 3d -o him3.pdf
expect 0 train sphere:3 --log t3.csv -q
expect 0 train sphere:3 -m gd --log t4.csv -q
expect 0 plot t3.csv t4.csv -o t34.pdf
expect 0 plot t3.csv --metric train_loss -o t3.pdf
for picture in him s3 s34 him3 t34 t3; do
    says $picture.pdf loss
    says_not $picture.pdf training
done
expect 0 plot one.h5 s3.h5 -o data.pdf
says data.pdf 'training loss'
expect 0 plane sphere:2 --at 30,40 --x=29.99:30.01:5 --y=39.99:40.01:5 --linear -p close.pdf
says close.pdf 2499.5 2500.5
expect 0 slice sphere:2 --repeats 3 -p bands.pdf
says bands.pdf 'minimum to maximum of 3 directions' 'line: mean over the directions'
says_not bands.pdf 'standard error'
expect 0 slice softmax $small --errors -o se1.h5 -q
expect 0 slice softmax $small --errors --seed 2 -o se2.h5 -p se.pdf -q
says se.pdf '± 1 standard error' 'largest standard error'
expect 0 plot se1.h5 se2.h5 -o se.pdf --labels 'one,the other'
says se.pdf '± 1 standard error' 'the other'
expect 0 plot se1.h5 --terminal=characters
grep -q '▒▒ ± 1 standard error' "$scratch/out" || fail "no legend of a band in characters: $(cat "$scratch/out")"
expect 0 plane softmax $small --errors --x=-1:1:9 --y=-1:1:9 -o se.h5 -p se.pdf -q
says se.pdf 'standard errors:' 'dotted where'
expect 0 plot se.h5 --metric train_loss_se -o se.pdf
says se.pdf 'standard error of the training loss'

# several planes on one scale
expect 0 plane sphere:2 --x=-1:1:9 --y=-1:1:9 -o sphere.h5 -q
expect 0 plot him.h5 sphere.h5 --compare -o compared.pdf --labels 'Himmelblau,sphere' --title both
says compared.pdf Himmelblau sphere both 'loss (log)'
expect 0 plot him.h5 sphere.h5 --compare --levels 100,200 -o compared.pdf
says compared.pdf 'sphere: no line between'
expect 0 plot him.h5 sphere.h5 --compare --view 3d -o compared.pdf
says compared.pdf him sphere
expect 0 plot him.h5 -o alone.png
expect 0 plot him.h5 --compare -o alone2.png
cmp -s alone.png alone2.png || fail "plot --compare of one file is not its picture"
expect 0 plot s3.h5 s4.h5 --compare -o compared.pdf
expect 0 plot him.h5 --inset=2.5:3.5,1.5:2.5 -o inset.pdf
expect 0 plot t3.csv --limits 1:2 -o limits.pdf
says limits.pdf 'not shown'
expect 0 plot proj.h5 -o components.pdf
says components.pdf PC1 PC2
says_not components.pdf direction
expect 0 plot proj.h5
expect 0 plot proj.h5 -o proj.pdf --title 'the way'
says proj.pdf 'the way' 'circle: start'
expect 0 plot proj.h5 paths.h5 -o over.pdf
says over.pdf sgd-run adam-run proj 'PC1'
grep -q "note: 'proj.h5' was projected onto a different plane from 'paths.h5'" "$scratch/err" ||
    fail "plot: a projection of another plane: $(cat "$scratch/err")"
expect 0 plot plane.h5 proj.h5 --view 3d -o over.png
[ -s "$scratch/err" ] && fail "plot of a plane and its projection: $(cat "$scratch/err")"
expect 0 steps softmax $small -o steps.csv -q
expect 0 steps svm $small -o svm.csv -q
expect 0 plot steps.csv svm.csv -o steps.pdf
says steps.pdf steps svm step
if have_arrays; then # as plot_trajectory.py of the peer writes it
    "$python" -c 'import h5py, numpy
f = h5py.File("peer_proj_cos.h5", "w")
f["proj_xcoord"], f["proj_ycoord"] = numpy.linspace(2, 0, 5), numpy.linspace(1, 0, 5) ** 2'
    expect 0 plot peer_proj_cos.h5 plane.h5 -o peer.pdf
    says peer.pdf peer_proj_cos
fi
table <<'END'
2 | 'one.h5' is a slice and 'sgd.csv' the log of a training: one picture takes | $THALWEG plot one.h5 sgd.csv -o a.png
2 | 'paths.h5' is a plane and 'plane.h5' a plane: one picture takes | $THALWEG plot paths.h5 plane.h5 -o a.png
2 | 'him.h5' is a plane and 'sgd.csv' the log of a training: --compare takes | $THALWEG plot him.h5 sgd.csv --compare -o a.png
2 | 'him.h5': unknown metric 'train_acc' | $THALWEG plot paths.h5 him.h5 --metric train_acc --compare -o a.png
2 | --levels: the picture is of kind heat; | $THALWEG plot paths.h5 him.h5 --view heat --levels 1 --compare -o a.png
2 | --labels 'a,b,c': 3 names for 2 files | $THALWEG plot paths.h5 him.h5 --labels a,b,c --compare -o a.png
2 | an inset is of one picture | $THALWEG plot paths.h5 him.h5 --inset 0:1,0:1 --compare -o a.png
2 | no point of the surface lies in the inset | $THALWEG plot him.h5 --inset 7:8,0:1 -o a.png
2 | too large to be magnified | $THALWEG plot him.h5 --inset=-4:4,-4:4 -o a.png
2 | --inset: the picture is of kind 3d; | $THALWEG plot him.h5 --view 3d --inset 0:1,0:1 -o a.png
2 | 'plane.h5' is a plane and 'one.h5' a slice | $THALWEG plot one.h5 plane.h5 -o a.png
2 | 'one': unknown metric 'loss'; there are: train_loss | $THALWEG plot one.h5 test.h5 --metric loss -o a.png
2 | no column 'loss'; there are: iteration, | $THALWEG plot sgd.csv adam.csv --metric loss -o a.png
2 | --json=values: only slices and planes | $THALWEG plot one.h5 -o a.png --json=values
2 | --json: unknown word 'value'; did you mean 'values' | $THALWEG plane himmelblau --json=value
END

finish
