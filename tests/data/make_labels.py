"""Data sets whose labels, features and containers are as people have them; make_labels.py FOLDER."""
import gzip
import os
import pickle
import sys
import tarfile

import numpy as np

root = sys.argv[1]
os.makedirs(root, exist_ok=True)


def path(name):
    return os.path.join(root, name)


x = np.arange(48, dtype=np.uint8).reshape(4, 2, 2, 3)
words = np.array(["dog", "cat", "eel", "cat"])
numbers = np.array([1, 0, 2, 0])
np.savez(path("words.npz"), x_train=x, y_train=words, x_test=x[:2], y_test=np.array(["eel", "fox"]))
np.savez(path("bytes.npz"), X=x, y=words.astype("S"))
np.savez(path("big.npz"), X=x, y=words.astype(">U7"))
np.savez(path("utf.npz"), X=x, y=np.array(["dog", "ça", "eel", "ça"]))
np.savez(path("digits.npz"), X=x, y=numbers.astype(str))
np.savez(path("mixed.npz"), x_train=x, y_train=words, x_test=x[:2], y_test=numbers[:2])
np.savez(path("onehot.npz"), X=x, y=np.eye(3)[numbers])
np.savez(path("onehot_f.npz"), X=x, y=np.asfortranarray(np.eye(3)[numbers]))
np.savez(path("twohot.npz"), X=x, y=np.array([[1, 0], [0, 1], [1, 1], [1, 0]]))
np.savez(path("soft.npz"), X=x, y=np.array([[1, 0], [0, 1], [0.5, 0.5], [1, 0]]))
np.savez(path("from1.npz"), X=x, y=numbers + 1)
np.savez(path("flat.npz"), X=x.reshape(4, -1), y=numbers)
np.savez(path("objects.npz"), X=x, y=np.array([1, "a", None, 2], dtype=object))
np.savez(path("many.npz"), X=np.zeros((30, 2)), y=np.arange(30))
np.savez(path("texts.npz"), X=words.reshape(4, 1), y=numbers)

# A set as it is downloaded: 2 x 3 images of the binary layout, with names.
rows = np.concatenate([np.arange(3, dtype=np.uint8)[:, None], np.arange(3 * 3072).reshape(3, 3072).astype(np.uint8)], 1)
folder = path("cifar-10-batches-bin")
os.makedirs(folder)
for name in [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]:
    open(os.path.join(folder, name), "wb").write(rows.tobytes())
open(os.path.join(folder, "batches.meta.txt"), "w").write("".join(f"n{i}\n" for i in range(10)))
for mode, ending in (("w:gz", "tar.gz"), ("w", "tar"), ("w:xz", "tar.xz")):
    with tarfile.open(path("cifar." + ending), mode) as tar:
        tar.add(folder, "cifar-10-batches-bin")
        tar.addfile(tarfile.TarInfo("cifar-10-batches-bin/gr\u00f6\u00dfe.txt"))  # no name in the locale C
whole = open(path("cifar.tar.gz"), "rb").read()
open(path("cut.tar.gz"), "wb").write(whole[: len(whole) // 2])
os.makedirs(path("readme"))
open(path("readme/readme.txt"), "w").write("nothing")
with tarfile.open(path("other.tar.gz"), "w:gz") as tar:
    tar.add(path("readme"), "readme")

# A batch of the Python layout by itself, packed, and as old programs pickled it.
batch = {b"data": rows[:, 1:].copy(), b"labels": [0, 1, 2]}
with gzip.open(path("packed_batch.gz"), "wb") as f:
    pickle.dump(batch, f, protocol=2)
for protocol in (0, 1):
    with open(path(f"protocol{protocol}"), "wb") as f:
        pickle.dump(batch, f, protocol=protocol)
with gzip.open(path("data_batch_1.bin.gz"), "wb") as f:
    f.write(rows.tobytes())

try:
    import h5py
except ImportError:
    sys.exit(0)
with h5py.File(path("keras.h5"), "w") as f:
    f.create_dataset("x_train", data=x, chunks=(3, 2, 2, 3), compression="gzip")
    f["y_train"] = numbers
    f["x_test"] = x[:2]
    f["y_test"] = numbers[:2]
with h5py.File(path("words.h5"), "w") as f:
    f["X"] = x.astype("f4")
    f["y"] = words.astype("S")
with h5py.File(path("objects.h5"), "w") as f:
    f["X"] = x
    f["y"] = [str(w) for w in words]
with h5py.File(path("other.h5"), "w") as f:
    f["pixels"] = x
    f["kinds"] = numbers
with h5py.File(path("packed.h5"), "w") as f:
    f.create_dataset("X", data=np.zeros((4, 1000)), compression="lzf")
    f["y"] = numbers
