#!/bin/sh
# conformance.sh ONNX_CASES SET [--update]: the cases of a set, 1.12 (Debian's libonnx-testdata) or 1.21
# (onnx-backend-1.21.tar.zst of the shared data), against the list of those that pass, cases-SET.txt; and of the
# whole networks of 1.21 the small ones, or with LIGHT=all every one. With --update the list is written anew: the
# names of all that pass now, with the classes that the shared data's onnx-cases gives them (python3-onnx).
set -eu
cases=$1 set=$2
here=$(dirname "$0")
shared=${THALWEG_SHARED:-$THALWEG_SOURCE/../shared/data}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

case $set in
1.12) root=/usr/share/libonnx-testdata/data ;;
*)
    root=$scratch/onnx-backend-$set
    archive=$shared/onnx-backend-$set.tar.zst
    if [ -f "$archive" ] && command -v zstd >/dev/null; then
        zstd -dcq "$archive" | tar -xf - -C "$scratch"
    fi
    ;;
esac
if [ ! -d "$root" ]; then
    echo "skipped: no conformance cases of ONNX $set"
    exit 77
fi

if [ "${3:-}" = --update ]; then
    /usr/bin/python3 "$shared/onnx-cases" --root "$root" --tsv "$scratch/classes"
    "$cases" "$root" --passing >"$scratch/passing"
    awk -F '\t' 'NR == FNR { class[$2] = $1; next } { print class[$1], $1 }' "$scratch/classes" "$scratch/passing" \
        >"$here/cases-$set.txt"
    exit
fi

"$cases" "$root" --list "$here/cases-$set.txt"
if [ -d "$root/light" ]; then
    if [ "${LIGHT:-}" = all ]; then
        "$cases" "$root" --light
    else
        "$cases" "$root" --light squeezenet
        "$cases" "$root" --light shufflenet
    fi
fi
