"""The 256 colours of matplotlib's maps: red, green, blue of viridis, cividis, magma, RdBu."""
import numpy as np
from matplotlib import cm

for name in ("viridis", "cividis", "magma", "RdBu"):
    for r, g, b, _ in cm.get_cmap(name, 256)(np.arange(256)):
        print(repr(float(r)), repr(float(g)), repr(float(b)))
