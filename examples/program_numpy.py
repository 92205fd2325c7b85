#!/usr/bin/env python3
"""program_numpy.py [N]: Rosenbrock's valley of N parameters (10) with NumPy: in binary, and many points at once.

    thalweg plane --exec "examples/program_numpy.py 1000" --norm none --plot valley.png

A request is a line with a word, followed by the numbers as 8-byte doubles; so is an answer, whose word is "ok"."""
import sys

import numpy as np

n = int(sys.argv[1]) if len(sys.argv) > 1 else 10
requests, answers = sys.stdin.buffer, sys.stdout.buffer


def value(x):
    """The values of points, one a row."""
    a, b = x[:, :-1], x[:, 1:]
    return np.sum(100 * (b - a * a) ** 2 + (1 - a) ** 2, axis=1)


def gradient(x):
    a, b = x[:-1], x[1:]
    g = np.zeros(n)
    g[:-1] = -400 * a * (b - a * a) - 2 * (1 - a)
    g[1:] += 200 * (b - a * a)
    return g


def points(count):
    return np.frombuffer(requests.read(8 * n * count), "<f8").reshape(count, n)


answers.write(b"thalweg 1\nname rosenbrock\nsize %d\nformat binary\n" % n)
answers.write(b"start\ngradient\nbatch\nready\n")
answers.flush()
for line in iter(requests.readline, b""):
    word, *rest = line.split()
    if word == b"value":
        answer = value(points(1))
    elif word == b"batch":
        answer = value(points(int(rest[0])))
    elif word == b"gradient":
        answer = gradient(points(1)[0])
    elif word == b"start":
        answer = np.where(np.arange(n) % 2 == 0, -1.2, 1.0)
    else:
        break
    answers.write(b"ok\n" + answer.astype("<f8").tobytes())
    answers.flush()
