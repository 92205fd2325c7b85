"""make_bad_archives.py DIRECTORY: archives and IDX files that a reader must refuse."""
import gzip
import os
import struct
import sys
import zipfile

import numpy as np


def path(name):
    return os.path.join(sys.argv[1], name)


x, y = np.ones((4, 3)), np.arange(4)
np.savez(path("unknown.npz"), a=x, b=y)
np.savez(path("labelless.npz"), X=x)
np.savez(path("trainonly.npz"), x_train=x, y_train=y)
np.savez(path("testonly.npz"), x_test=x, y_test=y)
bad = x.copy()
bad[1, 2] = np.nan
np.savez(path("nan.npz"), X=bad, y=y)
np.savez(path("negative.npz"), X=x, y=np.array([0, 1, 2, -1]))
np.savez(path("huge_label.npz"), X=x, y=np.array([0, 1, 1 << 20, 2]))

# A header that declares far more than its packed member can hold.
header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }"
header += b" " * (117 - len(header)) + b"\n"
with zipfile.ZipFile(path("bomb.npz"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("X.npy", b"\x93NUMPY\1\0" + struct.pack("<H", 118) + header + bytes(1000))

labels = struct.pack(">BBBBI", 0, 0, 8, 1, 2) + bytes(2)
images = struct.pack(">BBBBIII", 0, 0, 8, 3, 2, 50, 50)
with gzip.open(path("cut-images-idx3.gz"), "wb") as f:
    f.write(images + bytes(2500))
open(path("cut-labels-idx1"), "wb").write(labels)
open(path("huge-images-idx3"), "wb").write(struct.pack(">BBBBIII", 0, 0, 14, 3, *[0xFFFFFFFF] * 3))
open(path("large-images-idx3"), "wb").write(struct.pack(">BBBBIII", 0, 0, 14, 3, 0xFFFFFFFF, 1, 1))
open(path("huge-labels-idx1"), "wb").write(labels)
open(path("alone-images-idx3"), "wb").write(images + bytes(5000))
