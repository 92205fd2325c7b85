"""Principal components of rows.npy by NumPy's singular values: last.npy and mean.npy hold the
centre and two axes, ..._numbers.npy shares, singular values and the total. Exit 77 without NumPy."""
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(77)

folder = sys.argv[1]
rows = np.load(folder + "/rows.npy")
for name, center in (("last", rows[-1]), ("mean", rows.mean(axis=0))):
    origin, *axes = np.load(f"{folder}/{name}.npy")
    share, singular, total = np.split(np.load(f"{folder}/{name}_numbers.npy"), [2, 4])
    d = rows - center
    u, s, vt = np.linalg.svd(d, full_matrices=False)
    np.testing.assert_allclose(origin, center, rtol=1e-13)
    np.testing.assert_allclose(singular, s[:2], rtol=1e-13)
    np.testing.assert_allclose(total, (d * d).sum(), rtol=1e-13)
    np.testing.assert_allclose(share, s[:2] ** 2 / (d * d).sum(), rtol=1e-13)
    for k, axis in enumerate(axes):
        along = d @ axis
        assert along[np.abs(along).argmax()] > 0
        off = np.linalg.norm(axis - np.sign(axis @ vt[k]) * vt[k])
        gap = min(abs(s[k] ** 2 - s[j] ** 2) for j in (k - 1, k + 1) if j >= 0) / s[0] ** 2
        assert off < 1e-15 / gap + 1e-14, (name, k, off, gap)
