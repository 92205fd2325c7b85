#!/bin/sh
# Help, version, man page and completion.
. "$THALWEG_SOURCE/tests/cli/common.sh"

"$THALWEG" --help-man >"$scratch/man"
"$THALWEG" --help-bash >"$scratch/bash"
[ -s "$scratch/man" ] && [ -s "$scratch/bash" ] || fail "no man page or completion"

# lacking PAGE: the lines of standard input that are nowhere in the page
lacking() {
    awk 'NR == FNR { page = page $0 "\n"; next } !index(page, $0)' "$1" -
}

names=$(commands)
[ "$(echo "$names" | wc -w)" -ge 11 ] || fail "help lists: $names"
for name in $names; do
    expect 0 "$name" --help
    cp "$scratch/out" "$scratch/by_option"
    expect 0 help "$name"
    cmp -s "$scratch/out" "$scratch/by_option" || fail "help $name and $name --help differ"
    [ -s "$scratch/err" ] && fail "$name --help talks: $(cat "$scratch/err")"
    head -1 "$scratch/out" | grep -q "^Usage: thalweg $name" || fail "$name --help: no usage line"
    cp "$scratch/out" "$scratch/usual"
    expect 0 help --all "$name"
    cp "$scratch/out" "$scratch/by_option"
    expect 0 help "$name" --help-all
    [ "$name" = help ] || cmp -s "$scratch/out" "$scratch/by_option" || fail "help $name --help-all"
    expect 0 "$name" --help-all
    cmp -s "$scratch/out" "$scratch/by_option" || fail "help --all $name and $name --help-all differ"
    # what is usual is a part of all, and few; how many more there are is said
    grep -o -- '^  ....--[a-z-]*' "$scratch/usual" | grep -o -- '--.*' >"$scratch/few"
    grep -o -- '^  ....--[a-z-]*' "$scratch/out" | grep -o -- '--.*' >"$scratch/all"
    [ "$(sort "$scratch/few" "$scratch/all" | uniq -d | wc -l)" -eq "$(wc -l <"$scratch/few")" ] ||
        fail "$name --help shows what --help-all does not"
    [ "$(wc -l <"$scratch/few")" -le 18 ] || fail "$name --help shows $(wc -l <"$scratch/few") options"
    more=$(($(wc -l <"$scratch/all") - $(wc -l <"$scratch/few")))
    grep -qx "$more more options: thalweg $name --help-all" "$scratch/usual" ||
        fail "$name --help does not say that there are $more more"
    for option in $(printf -- '--%s\n' seed threads cpu json quiet help version | lacking "$scratch/out"); do
        fail "$name --help-all: no $option"
    done
    awk -v name="$name" '/^  thalweg/ { next } length > 80 { print name ": a line of " length ": " $0; bad = 1 }
                         END { exit bad }' "$scratch/out" || fail "$name --help is too wide"
    # every option of the help is in the man page and in the completion
    grep -o -- '^ .*--[a-z-]*' "$scratch/out" | grep -o -- '--[a-z][a-z-]*$' | sort -u >"$scratch/options"
    for option in $(lacking "$scratch/bash" <"$scratch/options"); do
        fail "completion: no $option of $name"
    done
    for option in $(sed 's/-/\\-/g' "$scratch/options" | lacking "$scratch/man"); do
        fail "man page: no $option of $name"
    done
    expect 0 "$name" --version
    grep -Eqx 'thalweg [0-9]+\.[0-9]+\.[0-9]+' "$scratch/out" || fail "$name --version"
done
expect 0 --help
expect 0 -h
expect 0 help
expect 0 help plane
cp "$scratch/out" "$scratch/by_option"
expect 0 -h plane
cmp -s "$scratch/out" "$scratch/by_option" || fail "-h plane and help plane differ"
expect 0 -V
expect 0 version
expect 0 --version
version=$(sed -n 's/^#define TW_VERSION_STRING "\(.*\)"/\1/p' "$THALWEG_SOURCE/include/thalweg/version.h")
[ "$(cat "$scratch/out")" = "thalweg $version" ] || fail "--version says $(cat "$scratch/out")"

# Enumerated values are shown where they are taken.
expect 0 help plane --all
for word in none filter layer random gradient softmax svm train test contour heat; do
    grep -qw -- "$word" "$scratch/out" || fail "help plane: no '$word'"
done

if command -v groff >/dev/null; then
    groff -man -Tascii -P-bcou -ww "$scratch/man" >"$scratch/page" 2>"$scratch/warnings" || fail "groff"
    [ -s "$scratch/warnings" ] && fail "groff warns: $(head -3 "$scratch/warnings")"
    for name in $names; do
        grep -q "thalweg $name" "$scratch/page" || fail "man page: no $name"
    done
fi

finish
