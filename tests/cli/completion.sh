#!/bin/sh
# What bash, zsh and fish offer after a Tab, asked of the shells themselves where they are installed.
. "$THALWEG_SOURCE/tests/cli/common.sh"

mkdir folder scripts
touch surface.h5 surf.md weights.npy more.npz mine.so note.md folder/inner.h5 folder/inner.txt
for shell in bash zsh fish; do
    expect 0 completion "$shell"
    [ -s "$scratch/err" ] && fail "completion $shell talks: $(cat "$scratch/err")"
    cp "$scratch/out" "$scratch/$shell"
    if command -v "$shell" >/dev/null; then
        "$shell" -n "$scratch/$shell" || fail "the completion for $shell is none"
    fi
done
cp "$scratch/zsh" scripts/_thalweg
"$THALWEG" --help-bash | cmp -s - "$scratch/bash" || fail "--help-bash and completion bash differ"

# complete SHELL LINE: what completion offers at the end of the line, sorted
complete() {
    case $1 in
    bash) bash -c '. "$1"; line=$2; read -ra COMP_WORDS <<<"${line//=/ = }"; [[ $line == *[\ =] ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _thalweg 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' bash "$scratch/bash" "$2" ;;
    zsh) timeout 120 zsh -f "$THALWEG_SOURCE/tests/cli/complete.zsh" "$scratch/zsh" "$2" ;;
    zsh-folder) timeout 120 zsh -f "$THALWEG_SOURCE/tests/cli/complete.zsh" "$PWD/scripts" "$2" ;;
    fish) fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$scratch/fish" "$2" | cut -f 1 ;;
    esac 2>/dev/null | sed 's/^--[a-z]*=//; s,/$,,; s,^folder/,,' | sed '/^$/d' | sort -u | tr '\n' ' '
}
# offers LINE WORDS: in the shell of the loop
offers() {
    said=$(complete "$shell" "$1")
    [ "$said" = "${2:+$2 }" ] || fail "$shell: '$1' is completed by '$said', not '$2'"
}
for shell in bash zsh zsh-folder fish; do
    command -v "${shell%-folder}" >/dev/null || continue
    offers "thalweg gradi" gradient
    offers "thalweg plot surf" surface.h5
    offers "thalweg plane --norm=fi" filter
    [ "$shell" = zsh-folder ] && continue
    offers "thalweg plane --nor" --norm
    offers "thalweg plane --norm fi" filter
    offers "thalweg train --method rand" random-search
    offers "thalweg eval sof" softmax
    offers "thalweg help tr" train
    offers "thalweg eval --init " "he normal:1e-4 standard zero"
    # only files that fit, and the folders in which they may lie
    offers "thalweg plot " "folder more.npz scripts surface.h5"
    offers "thalweg plot folder/" inner.h5
    offers "thalweg eval --weights " "folder more.npz scripts surface.h5 weights.npy"
    offers "thalweg eval --weights=s" "scripts surface.h5"
    offers "thalweg gradcheck m" "matyas mgh mine.so mlp"
    offers "thalweg plane --dx w" weights.npy
    offers "thalweg demo --output " "folder scripts"
    offers "thalweg train --data f" folder
    offers "thalweg info note" note.md
    offers "thalweg completion " "bash fish zsh"
    offers "thalweg eval --limit " ""
done
finish
