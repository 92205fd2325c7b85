"""read_subset.py DIRECTORY: what Python and NumPy find in a CIFAR-10 directory, as lines of numbers:
split, images, sum of the pixels, then a few of them, labels, and entries of the mean."""
import os
import pickle
import sys

import numpy as np

for split, files in ((0, ["data_batch_%d" % i for i in range(1, 6)]), (1, ["test_batch"])):
    batches = [pickle.load(open(os.path.join(sys.argv[1], f), "rb"), encoding="latin1") for f in files]
    x = np.concatenate([b["data"] for b in batches])
    y = np.concatenate([b["labels"] for b in batches])
    mean = x.sum(0, dtype=np.int64) / len(x)
    print(split, len(x), x.sum(dtype=np.int64))
    for i in np.linspace(0, len(x) - 1, 50).astype(int):
        j = int(i) * 7919 % 3072
        print(i, j, x[i, j], y[i], repr(float(mean[j])))
