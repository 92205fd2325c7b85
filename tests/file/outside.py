"""Looks at thalweg's files, and makes files for it, with NumPy and h5py.

outside.py VERB PATH: exit 0 if content, 77 if a package is missing. Without arguments it reads lines of
VERB PATH and answers each with "y" if content, "n" if not: to start it takes longer than what it is
asked. Verbs are functions of outside_*.py. Arrays to compare with go to NAME.raw: the rank, the shape (int64)
and the values (float64, C order).
"""
import os
import sys
import traceback

try:
    import h5py  # noqa: F401
    import numpy  # noqa: F401
except ImportError:
    sys.exit(77)

sys.dont_write_bytecode = True  # the tree of the source stays as it is
import outside_arrays
import outside_directions
import outside_large
import outside_spectrum
import outside_surface
import outside_trajectory
import outside_vtk

MODULES = (outside_arrays, outside_directions, outside_large, outside_spectrum, outside_surface, outside_trajectory,
           outside_vtk)


def perform(verb, path):
    next(getattr(module, verb) for module in MODULES if hasattr(module, verb))(path)


def content(verb, path):
    try:
        perform(verb, path)
    except Exception:
        traceback.print_exc()
        return b"n"
    return b"y"


if __name__ == "__main__" and len(sys.argv) == 3:
    perform(*sys.argv[1:])
elif __name__ == "__main__":
    answers = os.dup(1)
    os.dup2(2, 1)  # what a verb prints is no answer
    for line in sys.stdin:
        os.write(answers, content(*line.rstrip("\n").split(" ", 1)))
