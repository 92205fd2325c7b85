#!/bin/sh
# installed.sh PROGRAM.c: installs the build into a scratch folder and uses it from there as a user
# would. The environment says where things go; see meson.build.
set -u
program=$1
: "${prefix:?}" "${bindir:?}" "${libdir:?}" "${includedir:?}" "${mandir:?}" "${datadir:?}" "${soversion:?}"
command -v meson >/dev/null && command -v pkg-config >/dev/null || exit 77
stage=$(mktemp -d) || exit 99
trap 'rm -rf "$stage"' EXIT
trap 'exit 99' INT TERM
failures=0
fail() {
    printf 'FAIL: %s\n' "$*"
    failures=$((failures + 1))
}

DESTDIR=$stage meson install -C "$THALWEG_BUILD" --no-rebuild --quiet || exit 99
version=$(sed -n 's/^#define TW_VERSION_STRING "\(.*\)"/\1/p' \
    "$stage$includedir/thalweg/version.h")
libraries=$stage$libdir
shared=$libraries/libthalweg.so

# ---- the shared library: its name, and what it shows ----

readelf -d "$shared" | grep -q "SONAME.*\[libthalweg\.so\.$soversion\]" ||
    fail "soname is not libthalweg.so.$soversion"
[ -e "$shared.$soversion" ] || fail "no $shared.$soversion"

nm -D --defined-only "$shared" | awk '{ print $3 }' | sort >"$stage/exported"
# every declaration with TW_API, without directives, comments and line breaks: the name before the (
cat "$stage$includedir"/thalweg/*.h | grep -v '^ *#' | tr '\n' ' ' |
    sed -E 's@/[*]([^*]|[*]+[^*/])*[*]+/@@g' | grep -o 'TW_API [^;]*;' |
    sed 's/ *(.*//; s/.*[ *]//' | sort -u >"$stage/declared"
[ "$(wc -l <"$stage/declared")" -gt 100 ] || fail "found no more than $(wc -l <"$stage/declared") functions"
missing=$(comm -13 "$stage/exported" "$stage/declared" | tr '\n' ' ')
[ -z "$missing" ] || fail "declared but not exported: $missing"
more=$(comm -23 "$stage/exported" "$stage/declared" | tr '\n' ' ')
[ -z "$more" ] || fail "exported but not declared: $more"

# ---- programs, with the flags of pkg-config ----

# the file names the final prefix; here it lies under the stage
mkdir "$stage/pkgconfig"
sed "s|^prefix=.*|prefix=$stage$prefix|" "$libraries/pkgconfig/thalweg.pc" \
    >"$stage/pkgconfig/thalweg.pc"
export PKG_CONFIG_PATH="$stage/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
[ "$(pkg-config --modversion thalweg)" = "$version" ] || fail "pkg-config does not say $version"

# check_program WHAT COMPILER...: compiles, runs, compares.
check_program() {
    what=$1
    shift
    if ! "$@" -o "$stage/program" >"$stage/log" 2>&1; then
        fail "$what: does not build: $(cat "$stage/log")"
        return
    fi
    said=$(LD_LIBRARY_PATH=$libraries "$stage/program" 2>&1)
    [ "$said" = "$version 3.000 2.000" ] || fail "$what: said '$said'"
}

flags=$(pkg-config --cflags thalweg)
# what the static library needs beside itself, each of these taken as a shared library
needs=$(pkg-config --print-requires-private thalweg | sed 's/[<>=].*//')
# shellcheck disable=SC2086
private="$(pkg-config --libs $needs) $(sed -n 's/^Libs.private://p' "$stage/pkgconfig/thalweg.pc")"
# shellcheck disable=SC2046,SC2086
{
    check_program shared $CC ${FLAGS:-} "$program" $flags $(pkg-config --libs thalweg)
    check_program static $CC ${FLAGS:-} "$program" $flags "$libraries/libthalweg.a" $private
    if command -v c++ >/dev/null && [ -z "${FLAGS:-}" ]; then
        check_program C++ c++ -x c++ "$program" -x none $flags $(pkg-config --libs thalweg)
    fi
}

# ---- the tool, its man page and its completion ----

[ "$("$stage$bindir/thalweg" --version | grep -c "$version")" = 1 ] ||
    fail "the installed tool does not say $version"
grep -q '^\.TH' "$stage$mandir/man1/thalweg.1" || fail "no man page"
grep -q '^#compdef thalweg' "$stage$datadir/zsh/site-functions/_thalweg" || fail "no completion for zsh"
grep -q '^complete -c thalweg' "$stage$datadir/fish/vendor_completions.d/thalweg.fish" || fail "no completion for fish"
completion=$stage$datadir/bash-completion/completions/thalweg
grep -q complete "$completion" || fail "no completion"
command -v bash >/dev/null && { bash -n "$completion" || fail "the completion is no bash"; }

[ "$failures" -eq 0 ] && echo "all passed"
exit $((failures > 0))
