"""check_softmax.py: is the gradient of my softmax right? With a fault planted it is not, and the check says why.

    python3 check_softmax.py            the right gradient: passes
    python3 check_softmax.py mistake    a sum over the samples where the mean is meant: fails, and says so
"""
import sys

import numpy as np
import thalweg

rng = np.random.default_rng(0)
DATA, LABELS = rng.normal(size=(50, 8)), rng.integers(0, 4, 50)


def loss(p):
    """The mean cross entropy of a linear classifier; p is a dict, so that the report has its blocks."""
    scores = DATA @ p["W"] + p["b"]
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(50), LABELS])


def gradient(p, mistake=False):
    scores = DATA @ p["W"] + p["b"]
    probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    probabilities[np.arange(50), LABELS] -= 1
    return {"W": DATA.T @ probabilities / (1 if mistake else 50), "b": probabilities.mean(axis=0)}


def main():
    mistake = "mistake" in sys.argv[1:]
    point = {"W": rng.normal(size=(8, 4)), "b": rng.normal(size=4)}
    f = thalweg.Objective(loss, lambda p: gradient(p, mistake), samples=50)
    check = thalweg.check_gradient(f, x=point)
    print(check)
    if not check:
        print("in short:", check.explanation)
    return 0 if check else 1


if __name__ == "__main__":
    sys.exit(main())
