"""mlp_reference.py IMAGES relu|tanh REG WEIGHTS.h5 EVAL.json GRADIENT.npy SLICE.h5

Loss with its standard error, accuracy and gradient of a network in NumPy, the images read by Python's own pickle: they must
be what the tool wrote.
"""
import json
import pickle
import sys

import h5py
import numpy as np


def read_images(folder):
    batches = []
    for k in range(1, 6):
        with open(f"{folder}/data_batch_{k}", "rb") as file:
            batches.append(pickle.load(file, encoding="bytes"))
    x = np.concatenate([b[b"data"] for b in batches]).astype(np.float64)
    return x, np.concatenate([b[b"labels"] for b in batches])


def main():
    folder, activation, reg, weights, evaluated, gradient, slice_file = sys.argv[1:]
    reg = float(reg)
    x, y = read_images(folder)
    x -= x.mean(axis=0)
    x /= np.sqrt(np.mean(x * x))
    with h5py.File(weights) as file:
        blocks = {name: block[()] for name, block in file["weights"].items()}
    layers = len(blocks) // 2
    w = [blocks[f"fc{k + 1}.weight"] for k in range(layers)]
    b = [blocks[f"fc{k + 1}.bias"] for k in range(layers)]
    act = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0)
    a = [x]
    for k in range(layers):
        z = a[-1] @ w[k].T + b[k]
        a.append(act(z) if k < layers - 1 else z)
    p = np.exp(a[-1] - a[-1].max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    losses = -np.log(p[rows, y])
    loss = losses.mean() + reg * sum((v * v).sum() for v in w)
    with open(evaluated, encoding="utf-8") as file:
        tool = json.load(file)
    assert abs(tool["loss"] / loss - 1) < 1e-12, (tool["loss"], loss)
    assert abs(tool["accuracy"] - np.mean(a[-1].argmax(axis=1) == y)) < 1e-12
    with h5py.File(slice_file) as file:
        center = list(file["xcoordinates"][()]).index(0)
        error = file["train_loss_se"][center]
    expected = losses.std(ddof=1) / np.sqrt(len(losses))
    assert abs(error / expected - 1) < 1e-11, (error, expected)

    r = p.copy()
    r[rows, y] -= 1
    r /= len(y)
    parts = []
    for k in reversed(range(layers)):
        parts.append(r.sum(axis=0))
        parts.append((r.T @ a[k] + 2 * reg * w[k]).ravel())
        if k > 0:
            r = (r @ w[k]) * (1 - a[k] ** 2 if activation == "tanh" else a[k] > 0)
    expected = np.concatenate(parts[::-1])
    computed = np.load(gradient).ravel()
    assert computed.shape == expected.shape, (computed.shape, expected.shape)
    worst = np.abs(computed - expected).max() / np.abs(expected).max()
    assert worst < 1e-12, worst


main()
