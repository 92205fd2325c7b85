#!/usr/bin/env python3
"""Adaptive planes against full ones: points evaluated, time, error stated, measured and real.

    bench/adaptive.py build/thalweg DATA [FOLDER]

prints the table of docs/performance.md. DATA is what --data takes; weights are trained and kept in
FOLDER (a temporary one if none is given). Errors are shares of what the loss spans.
"""
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

TOLERANCES = ["5%", "1%", "0.1%"]
TRAINED = "--norm filter --x=-1:1:51 --y=-1:1:51"
PLANES = [  # name, model, training (None: as drawn), options
    ("softmax", "softmax", "", TRAINED),
    ("svm", "svm", "", TRAINED),
    ("svm, 101 x 101", "svm", "", "--norm filter --x=-1:1:101 --y=-1:1:101"),
    ("svm, one image", "svm", None, "--example 0 --linear --x=-10:10:51 --y=-10:10:51"),
    ("mlp:64", "mlp:64", "--step 1e-2 -n 300", TRAINED),
    ("mlp:64, 101 x 101", "mlp:64", "--step 1e-2 -n 300", "--norm filter --x=-1:1:101 --y=-1:1:101"),
    ("mlp:64, wide", "mlp:64", "--step 1e-2 -n 300", "--norm filter --x=-4:4:51 --y=-4:4:51"),
    ("mlp:512", "mlp:512", "--step 1e-2 -n 100", TRAINED),
]


def run(tool, *words):
    command = [tool] + [w for word in words for w in word.split()]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return done.stdout


def weights_of(tool, data, folder, model, training):
    path = os.path.join(folder, model.replace(":", "-") + ".h5")
    if not os.path.exists(path):
        run(tool, f"train {model} --data {data} --method sgd -q -o {path} {training}")
    return path


def real_error(part, full, error):
    a, b = part["train_loss"][:], full["train_loss"][:]
    if error["of"] == "logarithm":
        low = a[(part["thalweg/computed"][:] == 1) & (a > 0)].min()
        a, b = np.log(np.maximum(a, low)), np.log(np.maximum(b, low))
    return np.abs(a - b).max() / error["range"]


def main():
    tool, data = sys.argv[1:3]
    folder = sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp()
    print("| plane | points | full, s | tolerance | evaluated | share | s | error | stated | held out |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, model, training, options in PLANES:
        full, part = os.path.join(folder, "full.h5"), os.path.join(folder, "part.h5")
        words = f"plane {model} --data {data} --json -q --restart {options}"
        if training is not None:
            words += " --weights " + weights_of(tool, data, folder, model, training)
        whole = json.loads(run(tool, words, f"-o {full}"))
        for tolerance in TOLERANCES:
            told = json.loads(run(tool, words, f"-o {part} --adaptive {tolerance}"))
            adaptive = told["adaptive"]
            error = adaptive["errors"][0]
            with h5py.File(part, "r") as p, h5py.File(full, "r") as f:
                real = real_error(p, f, error)
            per_cent = ["%.2g %%" % (100 * e) for e in
                        (real, error["estimate"] / error["range"], error["measured"] / error["range"])]
            print("| %s%s | %d | %.2f | %s | %d | %.1f %% | %.2f | %s |" % (
                name, " (log)" if error["of"] == "logarithm" else "", told["points"],
                whole["seconds"], tolerance.replace("%", " %"), adaptive["evaluated"],
                100 * adaptive["evaluated"] / told["points"], told["seconds"], " | ".join(per_cent)),
                flush=True)


if __name__ == "__main__":
    main()
