#!/bin/sh
# The shape of a surface: what 'thalweg info --topology' says and draws.
. "$THALWEG_SOURCE/tests/cli/common.sh"

# ---- a function whose minima and saddles are known: Himmelblau's
expect 0 plane himmelblau --x=-5:5:101 --y=-5:5:101 -o plane.h5
expect 0 info plane.h5 --topology
grep -q 'shape of train_loss: 4 minima, 10201 of 101 x 101 points, 8 neighbours each' "$scratch/out" ||
    fail "topology of himmelblau: $(cat "$scratch/out")"
grep -q 'no standard errors' "$scratch/out" || fail "a surface without errors is not said to be one"
expect 0 info plane.h5 --topology --between m4:3,2 --json
json 'len(o["files"][0]["topology"]["minima"]) == 4'
# (3, 2), (-3.779, -3.283), (-2.805, 3.131), (3.584, -1.848), and saddles of height 104.015, 67.719,
# 13.312, to the step of the grid
json 'all(abs(m["x"] - x) < 0.1 and abs(m["y"] - y) < 0.1 for m, (x, y) in zip(o["files"][0]["topology"]["minima"],
      [(3, 2), (-3.779, -3.283), (-2.805, 3.131), (3.584, -1.848)]))'
json 'all(0 <= m["saddle"]["value"] - s < 0.05 for m, s in zip(o["files"][0]["topology"]["minima"][1:],
      [104.015, 67.719, 13.312]))'
json 'o["files"][0]["topology"]["minima"][0]["persistence"] is None and o["files"][0]["topology"]["minima"][0]["never_ends"]'
json 'all(m["ends_in"] == "m1" and m["noise"] is None for m in o["files"][0]["topology"]["minima"][1:])'
json '(lambda b, m: b["pass"]["value"] == m["saddle"]["value"] == max(b["values"]) and b["barrier"]
      and close(b["rise"][0], m["persistence"]) and (b["x"][-1], b["y"][-1]) == (3, 2)
      and all(max(abs(b["x"][i + 1] - b["x"][i]), abs(b["y"][i + 1] - b["y"][i])) < 0.11 for i in range(len(b["x"]) - 1)))(
      o["files"][0]["topology"]["between"], o["files"][0]["topology"]["minima"][3])'
expect 0 info plane.h5 --topology --persistence 50 --json
json 'len(o["files"][0]["topology"]["minima"]) == 3 and o["files"][0]["topology"]["hidden"] == 1'
expect 0 info plane.h5 --topology --persistence 10% --json # of 890
json 'len(o["files"][0]["topology"]["minima"]) == 2 and close(o["files"][0]["topology"]["least_persistence"], 89)'
expect 0 info plane.h5 --topology --between 0,0:3.6,-1.9
grep -q 'no barrier: nothing on it is higher than its start, 170' "$scratch/out" ||
    fail "a way downhill: $(cat "$scratch/out")"
if can_draw; then
    expect 0 info plane.h5 --topology --between m1:m2 --plot shape.png --barcode bars.svg --title shape
    [ -s shape.png ] && grep -q '<svg' bars.svg || fail "the pictures of a shape"
    expect 0 info plane.h5 --topology --plot shape.png --barcode bars.svg --levels 10,100 --x-label a
    expect 2 info plane.h5 --topology --barcode bars.svg --levels 10,100
    one_line "--levels: the picture is of kind barcode; contour, filled and 3d can use it" "levels of a barcode"
fi

# ---- with standard errors: of three minima the shallow one is noise, unless one error is enough
{
    echo '# thalweg surface'
    echo 'x,train_loss,train_loss_se'
    printf '%s\n' 0,0,0.1 1,5,0.1 2,1,0.3 3,1.8,0.4 4,1.2,0.3 5,9,0.1
} >line.csv
expect 0 info line.csv --topology
grep -q 'noise: a persistence below 2 standard errors of the difference to the saddle: 1$' "$scratch/out" ||
    fail "noise: $(cat "$scratch/out")"
expect 0 info line.csv --topology --json --between m2:m3
json '[m["noise"] for m in o["files"][0]["topology"]["minima"]] == [False, False, True]'
json 'close(o["files"][0]["topology"]["minima"][2]["persistence_error"], 0.5)'
json 'o["files"][0]["topology"]["between"]["pass"]["x"] == 3 and close(o["files"][0]["topology"]["between"]["rise_error"][0], 0.5)'
expect 0 info line.csv --topology --errors 1 --json
json 'o["files"][0]["topology"]["noise"] == 0'
! can_draw || expect 0 info line.csv --topology --plot line.png --barcode line-bars.png

# ---- walls, and a survey that is not complete
{
    echo '# thalweg surface'
    echo 'x,train_loss,computed'
    printf '%s\n' 0,0,1 1,nan,1 2,1,1 3,2,1 4,0,0
} >walls.csv
expect 0 info walls.csv --topology --json
json '(lambda t: (t["pieces"], t["not_finite"], t["not_computed"], t["points"]) == (2, 1, 1, 3))(o["files"][0]["topology"])'
if have_arrays; then
    "$python" -c 'import h5py, numpy
f = h5py.File("plane.h5", "r+")
keep = numpy.zeros((101, 101), bool)
keep[::25, ::25] = True
f["train_loss"][:] = numpy.where(keep, f["train_loss"][:], -1)
f["thalweg/computed"][:] = keep' || fail "a part of plane.h5"
    expect 0 info plane.h5 --topology
    grep -q 'the survey is not complete, 10176 of 10201 points are missing' "$scratch/out" ||
        fail "a part: $(cat "$scratch/out")"
    grep -q '25 of 5 x 5 points' "$scratch/out" || fail "a part: $(cat "$scratch/out")"
    ! can_draw || expect 0 info plane.h5 --topology --between m1:m1 --plot part.png
fi

# ---- interpolated points: the tolerance counts, where it is that of the metric
expect 0 slice rastrigin:2 --x=-2:2:257 --adaptive 2% -o adaptive.h5
expect 0 info adaptive.h5 --topology
grep -q 'points were interpolated; the tolerance of the survey is allowed for' "$scratch/out" ||
    fail "interpolated points: $(cat "$scratch/out")"

# ---- points by their names in the file: here the lowest way is the line itself, or lower
at="mlp:8 --data synthetic:300"
for seed in 1 2 3; do
    expect 0 train $at --init he --seed $seed --method adam --step 0.01 --iterations 100 -o w$seed.h5
done
expect 0 plane $at --weights w1.h5 --to w2.h5 --third w3.h5 -o three.h5
expect 0 slice $at --weights w1.h5 --to w2.h5 --json
json 'o["barriers"][0]["highest"] > 0'
straight=$(sed -n 's/.*"highest": \([0-9.e+-]*\).*/\1/p' "$scratch/out")
expect 0 info three.h5 --topology --between A:B --json
json "o['files'][0]['topology']['between']['pass']['value'] <= 1.02 * $straight"
json 'abs(o["files"][0]["topology"]["between"]["from"]["x"]) < 0.2'
! can_draw || expect 0 info three.h5 --topology --between A:C --plot three.png

# ---- against python3-gudhi, where there is one
expect 0 plane ackley:2 --x=-6:6:61 --y=-6:6:53 -o ackley.h5
expect 0 info ackley.h5 --topology --json
for other in python3 /usr/bin/python3; do
    "$other" -c 'import gudhi, h5py' 2>/dev/null || continue
    "$other" - "$scratch/out" ackley.h5 <<'PYTHON' || fail "gudhi has other intervals"
import json, sys, gudhi, h5py
found = json.load(open(sys.argv[1]))["files"][0]["topology"]["minima"]
z = h5py.File(sys.argv[2], "r")["train_loss"][:]
# a value a top-dimensional cell: cells that share a corner are neighbours
cells = gudhi.CubicalComplex(dimensions=list(z.shape[::-1]), top_dimensional_cells=z.ravel())
cells.compute_persistence(min_persistence=0)
theirs = sorted((a, b) for a, b in cells.persistence_intervals_in_dimension(0))
ours = sorted((m["value"], m["saddle"]["value"] if m["saddle"] else float("inf")) for m in found)
sys.exit(0 if ours == [tuple(map(float, t)) for t in theirs] and len(ours) > 50 else 1)
PYTHON
    break
done

# ---- refused
expect 0 slice sphere:2 --x=-1:1:5 -o slice.h5
"$THALWEG" plane sphere:2 --x=-1:1:5 --y=-1:1:5 -o bowl.h5 -q >"$scratch/made" || fail "bowl.h5"
printf '# thalweg surface\nx,train_loss\n0,nan\n1,nan\n' >nothing.csv
table <<'END'
2 | --between goes with --topology | $THALWEG info bowl.h5 --between m1:m2
2 | --errors goes with --topology | $THALWEG info bowl.h5 --errors 3
2 | --plot: the 3-D view shows no minima | $THALWEG info bowl.h5 --topology --plot a.png --view 3d
2 | --plot: give one surface | $THALWEG info bowl.h5 slice.h5 --topology --plot a.png
2 | --topology: 'synthetic:20' holds no slice or plane | $THALWEG info synthetic:20 --topology
2 | unknown metric 'test_loss'; there are: train_loss | $THALWEG info bowl.h5 --topology --metric test_loss
2 | --between: 'm2': the surface has 1 minimum, from m1 on | $THALWEG info bowl.h5 --topology --between m1:m2
2 | --between: '0': give a point of the plane as x,y, as m1, or by its name | $THALWEG info bowl.h5 --topology --between 0:0,1
2 | --between: '0,0': give a point of the slice as x, as m1, or by its name | $THALWEG info slice.h5 --topology --between 0,0:1
2 | --between: 'm1': give two points | $THALWEG info bowl.h5 --topology --between m1
2 | --between: x = 3 is not on the surface, whose x goes from -1 to 1 | $THALWEG info bowl.h5 --topology --between 3,0:0,0
2 | --between: 'q' is not a number | $THALWEG info bowl.h5 --topology --between q,0:0,0
2 | --between: 'A': give a point of the plane as x,y, as m1, or by its name | $THALWEG info bowl.h5 --topology --between A:B
2 | --persistence: '-1' must be 0 or greater | $THALWEG info bowl.h5 --topology --persistence=-1
2 | --errors: .* greater than 0 | $THALWEG info bowl.h5 --topology --errors 0
2 | no shape of 'train_loss': 0 points not computed, 2 values not finite | $THALWEG info nothing.csv --topology
END
finish
