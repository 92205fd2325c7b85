"""peers_pictures.py SURFACE PICTURE: a contour map of a surface file's train_loss as matplotlib draws it: lines with
labels on a colour bar, twelve levels, at the size and resolution of thalweg's figure."""
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

with h5py.File(sys.argv[1]) as file:
    x, y, loss = (file[name][:] for name in ("xcoordinates", "ycoordinates", "train_loss"))
figure, axes = pyplot.subplots(figsize=(6, 5), dpi=200)
lines = axes.contour(x, y, loss, levels=12)
axes.clabel(lines)
figure.colorbar(lines, label="loss")
axes.set_xlabel("a")
axes.set_ylabel("b")
figure.savefig(sys.argv[2])
