#!/bin/sh
# viewer.sh SEAM-PAGE-MAKER: pages of real results, looked at in Chromium (look.js).
. "$THALWEG_SOURCE/tests/cli/common.sh"

here=$THALWEG_SOURCE/tests/viewer
! sanitized || skip "a build with a sanitizer, whose pages are the same"
command -v node >/dev/null || skip "no node"
[ -d "$here/node_modules/playwright-core" ] || skip "no playwright-core: run npm ci in tests/viewer"
browser=
for name in chromium chromium-headless-shell chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$name") || browser=
done
[ -n "$browser" ] || skip "no chromium"

small="--data synthetic:300"
expect 0 plane himmelblau --norm none --x=-6:6:49 --y=-6:6:49 -o bowl.h5 -q --json=values
cp "$scratch/out" bowl.json
expect 0 plane softmax $small --seed 1 --errors --x=-1:1:13 --y=-1:1:11 -o errors.h5 -q --json=values
cp "$scratch/out" errors.json
expect 0 train mlp:8 $small --init he --seed 1 --iterations 60 --report-every 6 --trajectory sgd-run.h5 --log sgd.csv -q
expect 0 plane mlp:8 $small --seed 1 --trajectory sgd-run.h5 --x=-3:3:13 --y=-3:3:9 -o paths.h5 -q
expect 0 slice softmax $small --repeats 3 -o bands.h5 -q
expect 0 slice softmax $small --seed 2 --errors -o slice.h5 -q
expect 0 steps softmax $small -o steps.csv -q
expect 0 spectrum softmax --data synthetic:60 --density -o spectrum.h5 -q
awk 'BEGIN { print "# thalweg surface"; print "x,y,train_loss,computed"
    for (j = 0; j < 7; j++) for (i = 0; i < 8; i++) {
        v = 1 + i * i + j; c = 1
        if (i < 3 && j < 2) { v = "nan"; c = 0 } else if (i > 5 && j > 3) v = (i > 6) ? "inf" : "nan"
        print i "," j "," v "," c } }' >holes.csv
# surface NAME NX NY FORMULA: over -1 ... 1, as awk has it, of x, y, i and j
surface() {
    awk -v nx="$2" -v ny="$3" 'BEGIN { print "# thalweg surface"; print "x,y,train_loss"
        for (j = 0; j < ny; j++) for (i = 0; i < nx; i++) {
            x = nx > 1 ? -1 + 2 * i / (nx - 1) : 0; y = ny > 1 ? -1 + 2 * j / (ny - 1) : 0
            print x "," y "," ('"$4"') } }' >"$1.csv"
}
surface constant 5 5 '2.5'
surface zero 5 5 '0'
surface nothing 5 5 '"nan"'
surface single 5 5 '(i == 2 && j == 2 ? 1 : "inf")'
surface two 2 2 'i + j'
surface row 9 1 'x * x'
surface column 1 9 'y * y'
surface point 1 1 '3'
surface huge 9 9 '(x * x + y * y + 0.01) "e300"'
surface tiny 9 9 '(x * x + y * y + 0.01) "e-300"'
surface offset 9 9 'sprintf("%.15g", 2.3217 + 1e-9 * (x * x + y * y))'
surface signed 9 7 'x * x - y * y'
surface spiky 15 15 '(i * 7 + j * 13) % 31 == 0 ? 1e6 : 0.01 + x * x'
surface edge 5 5 'i < j ? i : (i == j ? 1 : -1) "e308"'
surface peak 5 5 '"1e304"'
surface far 9 1 '(i % 2 ? "" : "-") "1e308"'
surface none 9 1 '"nan"'
awk 'BEGIN { print "# thalweg descent"; print "iteration,train_loss"
    for (k = 0; k < 300; k++) print k ",1e" k; print "300,nan" }' >diverged.csv
printf '%s\n' '# thalweg numbers' a,b,c 0,nan,inf 1,nan,nan 2,nan,-inf >nan.csv
printf '%s' "</script><script>window.stolen = 1</script><!-- \"quoted\" 'too' & 損失 <b>" >hostile.txt
expect 0 plane himmelblau --x=0:1:3 --y=0:1:3 -o "<script>.h5" -q

expect 0 plane himmelblau --curvature --x=-5:5:21 --y=-5:5:21 -o curved.h5 -q --json=values
cp "$scratch/out" curved.json
expect 0 view curved.h5 --metric signs -o curved.html
expect 2 view bowl.h5 --metric ratio -o none.html
expect 0 view bowl.h5 -o bowl.html
expect 0 view paths.h5 --topology -o paths.html
expect 0 view errors.h5 paths.h5 -o two.html
expect 0 view holes.csv -o holes.html
expect 0 view bands.h5 slice.h5 steps.csv sgd.csv spectrum.h5 -o curves.html
expect 0 view constant.csv zero.csv nothing.csv single.csv two.csv row.csv column.csv point.csv huge.csv tiny.csv signed.csv spiky.csv -o odd.html
expect 0 view edge.csv peak.csv diverged.csv nan.csv far.csv -o diverged.html
expect 0 view none.csv -o none.html
expect 0 view huge.csv tiny.csv offset.csv --linear -o factors.html
expect 0 view "<script>.h5" --title "$(cat hostile.txt)" -o hostile.html
"${1:?the maker of the page with a script}" seam.html || fail "the page with a script"
[ ! -e "$scratch/failed" ] || finish

cd "$here" && node look.js "$scratch/here" "$browser" || fail "look.js"
finish
