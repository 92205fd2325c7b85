#!/bin/sh
# languages.sh LANGUAGE COMPILER...: an example plug-in, compiled as its head says, gives what the
# built-in function gives.
. "$THALWEG_SOURCE/tests/cli/common.sh"
: "${THALWEG_INCLUDE:=$THALWEG_SOURCE/include}"
language=$1
shift
command -v "$1" >/dev/null || skip "no $1"
example=$THALWEG_SOURCE/examples/plugin_$language
case $language in
c) "$@" -O2 -Wall -Wextra -Werror -shared -fPIC "$example.c" -o mine.so ;;
cpp) "$@" -O2 -Wall -Wextra -Werror -shared -fPIC "$example.cpp" -I"$THALWEG_INCLUDE" -o mine.so ;;
fortran) "$@" -O2 -shared -fPIC "$example.f90" -o mine.so ;;
rust) "$@" -O --crate-type cdylib "$example.rs" -o mine.so ;;
esac >"$scratch/log" 2>&1 || {
    # a compiler that cannot build any shared object is as good as none
    echo "$*: $(cat "$scratch/log")"
    grep -q "$example" "$scratch/log" || skip "it builds no shared object"
    fail "the example does not compile"
    finish
}

expect 0 eval ./mine.so --json
json 'close(o["loss"], 1040.6, 1e-15) and o["parameters"] == 6'
"$THALWEG" gradient rosenbrock:6 --method analytic -o built-in.npy --quiet >/dev/null
for method in analytic central; do
    expect 0 gradient ./mine.so --method $method --step 0 -o $method.npy --json
    json 'close(o["norm"], 1472.5413678399668, 1e-8)'
done
[ "$language" != fortran ] || {
    expect 0 gradient ./mine.so --method complex -o complex.npy --json
    json 'close(o["norm"], 1472.5413678399668, 1e-14)'
}
expect 0 slice ./mine.so --dx gradient --scale 1e-3 --x=-1:1:5 -o line.h5 --json
json 'o["not_finite"] == 0'
expect 0 train ./mine.so --method gd --step 1e-4 -n 500 -o w.npy --json
json 'o["loss"] < 10'
have_arrays && {
    "$python" - <<'PYTHON' || fail "the gradient"
import numpy
want, analytic, central = (numpy.load(n + ".npy") for n in ("built-in", "analytic", "central"))
assert analytic.shape == (6,), analytic.shape
assert numpy.abs(analytic - want).max() <= 1e-15 * numpy.abs(want).max(), analytic - want
assert numpy.abs(central - want).max() <= 1e-8 * numpy.abs(want).max(), central - want
PYTHON
}
finish
