#!/bin/sh
# How far the loss rises in a ball: 'thalweg sharpness'.
. "$THALWEG_SOURCE/tests/cli/common.sh"

# ---- of |x|^2 = x'(2 I)x / 2 from 0: both are r^2, whatever the direction
expect 0 sharpness sphere:3 --at 0,0,0 --radius 0.5,2 --rise 4 --json
json 'all(close(r["average"], r["radius"] ** 2) and close(r["worst"], r["radius"] ** 2) and r["average_standard_error"] < 1e-12
      for r in o["rises"])'
json 'abs(o["average_radius"] - 2) < 2e-3 and abs(o["worst_radius"] - 2) < 2e-3 and o["dimension"] == 3'
# in units of each coordinate: (1, 2, 4) moves by (u1, 2 u2, 4 u3) r: the largest of a grid of directions
expect 0 sharpness sphere:3 --at 1,2,4 --ball elementwise --radius 0.5 --ascent 200 --json
json 'o["ball"] == "elementwise" and o["rises"][0]["worst"] >= o["rises"][0]["sam"]'
json '(lambda most: 0.999 * most < o["rises"][0]["worst"] < 1.001 * most)(max(
      a + 4 * b + 16 * c + 0.25 * (a * a + 4 * b * b + 16 * c * c)
      for a in [k / 400 for k in range(100)] for b in [k / 400 for k in range(200)] for c in [(1 - a * a - b * b) ** 0.5]))'
expect 0 sharpness sphere:3 --at 0,0,0
grep -q '0.05  ' "$scratch/out" && grep -q 'evaluations' "$scratch/out" || fail "sharpness as text: $(cat "$scratch/out")"

# ---- the same bytes for any number of threads
expect 0 sharpness mlp:8 --data synthetic --limit 300 --draws 4 --radius 0.1,1 --threads 1 --json
sed 's/"seconds".*//' "$scratch/out" >"$scratch/one"
expect 0 sharpness mlp:8 --data synthetic --limit 300 --draws 4 --radius 0.1,1 --threads 3 --json
sed 's/"seconds".*//' "$scratch/out" | cmp - "$scratch/one" || fail "sharpness depends on the threads"

# ---- rises that need little: the worst goes with the slope, the average with the curvature, a million times as far
expect 0 sharpness mlp:4 --data synthetic:40 --rise 1e-10 --draws 8 --json
cp "$scratch/out" "$scratch/ten"
expect 0 sharpness mlp:4 --data synthetic:40 --rise 1e-12 --draws 8 --json
[ -z "$python" ] || "$python" - "$scratch/ten" "$scratch/out" <<'END' || fail "radii of small rises"
import json, sys
a, b = (json.load(open(p)) for p in sys.argv[1:])
sys.exit(not (abs(a["average_radius"] / b["average_radius"] - 10) < 0.1 and abs(a["worst_radius"] / b["worst_radius"] - 100) < 1))
END

# ---- refused
expect 2 sharpness mlp:4 --data synthetic:40 --rise 1e-300
grep -q "a rise of 1e-300: the loss, .* is known to .* only" "$scratch/err" || fail "a rise below rounding: $(cat "$scratch/err")"
expect 2 sharpness sphere:3 --at 0,0,0 --radius=-1
expect 2 sharpness sphere:3 --at 0,0,0 --ball elementwise
expect 2 sharpness mlp:8 --data synthetic --limit 100 --only nothing
grep -q "no block 'nothing'" "$scratch/err" || fail "a block that is not there: $(cat "$scratch/err")"
finish
