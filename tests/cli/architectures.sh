#!/bin/sh
# Architectures by name, drawn: what single precision computes, fused where it is, is what the plain
# steps compute in double. Shortcuts of every sort: none, padded, projected, concatenated.
. "$THALWEG_SOURCE/tests/cli/common.sh"

have_arrays || skip "no Python with NumPy and h5py"
for name in resnet20 resnet20-noshort resnet20-b vgg9 densenet121; do
    drawn="--model $name --init standard --data synthetic:10 --limit 2"
    expect 0 eval $drawn --precision double --json
    loss=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["loss"])' <"$scratch/out")
    expect 0 eval $drawn --json
    json "close(o['loss'], $loss, 1e-5)"
done
finish
