"""plane.py [OUT.png]: a function over a plane, adaptively, kept in a file that a second call continues.

The function is a neural network of 25 parameters that was trained on 40 points of a sine; the plane is that of the
principal components of its training, with the path in it.
"""
import sys
import tempfile

import numpy as np
import thalweg

T = np.linspace(-2, 2, 40)
TARGET = np.sin(2 * T)


class Curve(thalweg.Objective):
    """A hidden layer of 8 units and its gradient, by hand."""

    blocks = {"w": (8,), "b": (8,), "v": (8,), "c": (1,)}

    def value_and_gradient(self, p):
        hidden = np.tanh(np.outer(T, p["w"]) + p["b"])
        off = hidden @ p["v"] + p["c"] - TARGET
        back = np.outer(off, p["v"]) * (1 - hidden**2) * (2 / T.size)
        slope = {"w": T @ back, "b": back.sum(axis=0), "v": hidden.T @ off * (2 / T.size), "c": [2 * off.mean()]}
        return (off**2).mean(), slope

    def value(self, p):
        return self.value_and_gradient(p)[0]


def main():
    with tempfile.TemporaryDirectory() as folder:
        return look(folder)


def look(folder):
    run, surface = f"{folder}/run.h5", f"{folder}/plane.h5"
    f = Curve()
    thalweg.assert_gradient(f, x=np.linspace(-1, 1, 25))
    start = np.random.default_rng(1).normal(size=25)
    end = thalweg.minimize(f, start, "adam", step=0.02, iterations=1500, trajectory=run, checkpoints=60)
    print(end)
    s = thalweg.plane(f, trajectory=run, adaptive=0.01, file=surface)
    print(s)
    if len(sys.argv) > 1:
        s.plot(sys.argv[1], title="a training in its plane")
    again = thalweg.plane(f, trajectory=run, adaptive=0.01, file=surface)
    return 0 if again.continued > 0 and s.evaluated < s.loss.size / 2 else 1


if __name__ == "__main__":
    sys.exit(main())
