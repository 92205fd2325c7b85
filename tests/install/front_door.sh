#!/bin/sh
# front_door.sh: the Makefile builds no tests for those who install, and a build folder that came
# with a copied checkout is told in one line.
set -u
: "${THALWEG_SOURCE:?}" "${THALWEG_BUILD:?}"
command -v make >/dev/null && command -v ninja >/dev/null || exit 77
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' INT TERM
failures=0
fail() {
    printf 'FAIL: %s\n' "$*"
    failures=$((failures + 1))
}

# ---- what is built ----

ninja -C "$THALWEG_BUILD" -t commands product | grep -e ' -c ' >"$scratch/product"
ninja -C "$THALWEG_BUILD" -t commands all | grep -e ' -c ' >"$scratch/all"
grep -q 'cli_main' "$scratch/product" || fail "the product is without the tool"
! grep -E -e '-o (tests|bench|examples|fuzz)/' "$scratch/product" || fail "the product has objects of tests"
[ "$(wc -l <"$scratch/product")" -lt $(($(wc -l <"$scratch/all") * 2 / 3)) ] ||
    fail "the product has $(wc -l <"$scratch/product") of $(wc -l <"$scratch/all") objects"

# ---- a copy ----

unset MAKEFLAGS MFLAGS MAKELEVEL # of a 'make -j test', whose jobs another make says that it cannot have

copy=$scratch/copy
mkdir "$copy" "$copy/build"
cp -r "$THALWEG_SOURCE/Makefile" "$THALWEG_SOURCE/tools" "$copy"
cp -r "$THALWEG_BUILD/meson-info" "$copy/build"
for target in "" install test bench demo; do
    # make says the line, and nothing else
    make -C "$copy" --no-print-directory BUILD=build $target >"$scratch/said" 2>&1 && fail "make $target goes on"
    [ "$(wc -l <"$scratch/said")" -eq 1 ] && grep -q "this checkout was copied or moved; run 'make clean'" "$scratch/said" ||
        fail "make $target in a copy: $(cat "$scratch/said")"
done
(cd "$THALWEG_SOURCE" && [ -z "$(tools/check-build "$THALWEG_BUILD")" ]) || fail "the build folder itself is refused"

[ "$failures" -eq 0 ] && echo "all passed"
exit $((failures > 0))
