"""make_sources.py DIRECTORY: data sets in every layout that thalweg reads, written with Python's own
tools, and for each what a reader should find.

DIRECTORY/list.txt has a line for each: NAME SPLIT KIND C H W CLASSES (the path is DIRECTORY/NAME),
and DIRECTORY/expect/NUMBER.bin (NUMBER counts lines from 0) holds samples, features (int64), the
labels (int64) and the features (float64).
"""
import gzip
import os
import pickle
import struct
import sys

import numpy as np

root = sys.argv[1]
os.makedirs(os.path.join(root, "expect"), exist_ok=True)
rng = np.random.default_rng(7)
entries = []


def path(name):
    full = os.path.join(root, name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def expect(name, split, kind, x, y, classes, image=(0, 0, 0)):
    x = np.asarray(x)
    x = x.reshape(len(x), -1).astype(np.float64)
    with open(os.path.join(root, "expect", f"{len(entries)}.bin"), "wb") as f:
        f.write(struct.pack("<qq", *x.shape))
        f.write(np.asarray(y, np.int64).reshape(-1).tobytes())
        f.write(x.tobytes())
    entries.append(" ".join([name, split, kind.replace(" ", "_"), *map(str, image), str(classes)]))


def cifar(n, classes=10):
    x = rng.integers(0, 256, (n, 3072), dtype=np.uint8)
    y = rng.integers(0, classes, n)
    y[0] = classes - 1
    return x, y


# ---- CIFAR, binary ----
def binary(name, x, *labels):
    columns = [np.asarray(l, np.uint8)[:, None] for l in labels]
    np.concatenate([*columns, x], 1).astype(np.uint8).tofile(path(name))


parts = [cifar(3 + i) for i in range(5)]
for i, (x, y) in enumerate(parts):
    binary(f"bin10/data_batch_{i + 1}.bin", x, y)
x, y = cifar(4)
binary("bin10/test_batch.bin", x, y)
open(path("bin10/batches.meta.txt"), "w").write("\n".join("abcdefghij") + "\n\n")
all_x, all_y = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
expect("bin10", "train", "cifar-10 (binary)", all_x, all_y, 10, (3, 32, 32))
expect("bin10", "test", "cifar-10 (binary)", x, y, 10, (3, 32, 32))
expect("bin10/data_batch_2.bin", "train", "cifar-10 (binary)", *parts[1], 10, (3, 32, 32))
expect("bin10/test_batch.bin", "test", "cifar-10 (binary)", x, y, 10, (3, 32, 32))

x, y = cifar(6, 100)
binary("above/cifar-100-binary/train.bin", x, y // 5, y)
binary("above/cifar-100-binary/test.bin", x[:2], y[:2] // 5, y[:2])
expect("above", "train", "cifar-100 (binary)", x, y, 100, (3, 32, 32))
expect("above/cifar-100-binary", "test", "cifar-100 (binary)", x[:2], y[:2], 100, (3, 32, 32))


# ---- CIFAR, pickled ----
class Python2(pickle._Pickler):
    """Writes str as Python 2 did: BINSTRING."""

    dispatch = pickle._Pickler.dispatch.copy()

    def save_binary(self, data, value=None):
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(data if value is None else value)

    def save_text(self, text):
        self.save_binary(text.encode("latin1"), text)

    dispatch[str] = save_text
    dispatch[bytes] = save_binary


def python2(name, value):
    with open(path(name), "wb") as f:
        Python2(f, 2).dump(value)


def python3(name, value, protocol):
    pickle.dump(value, open(path(name), "wb"), protocol)


x, y = cifar(5)
names10 = ["n%d" % i for i in range(10)]
for i in range(5):
    python2(f"py10/cifar-10-batches-py/data_batch_{i + 1}",
            {"batch_label": "b", "labels": [int(v) for v in y[i:i + 1]], "data": x[i:i + 1],
             "filenames": ["x.png"]})
python2("py10/cifar-10-batches-py/test_batch", {"data": x, "labels": [int(v) for v in y]})
python2("py10/cifar-10-batches-py/batches.meta", {"label_names": names10, "num_vis": 3072})
expect("py10", "train", "cifar-10 (python)", x, y, 10, (3, 32, 32))
expect("py10/cifar-10-batches-py", "test", "cifar-10 (python)", x, y, 10, (3, 32, 32))
for protocol in (2, 3, 4, 5):
    for form, labels in (("list", [int(v) for v in y]), ("array", y.astype(np.int64)),
                         ("scalars", list(y.astype(np.int32))), ("big", y.astype(">i4"))):
        name = f"py3/{form}_{protocol}"
        python3(name, {"data": x, "labels": labels}, protocol)
        expect(name, "train", "cifar-10 (python)", x, y, 10, (3, 32, 32))
    python3(f"py3/bytes_{protocol}", {b"data": x, b"labels": [int(v) for v in y]}, protocol)
    expect(f"py3/bytes_{protocol}", "train", "cifar-10 (python)", x, y, 10, (3, 32, 32))
x, y = cifar(7, 100)
for split, n in (("train", 7), ("test", 3)):
    python2(f"py100/{split}", {"filenames": ["f"] * n, "batch_label": "b", "data": x[:n],
                               "fine_labels": [int(v) for v in y[:n]],
                               "coarse_labels": [int(v) // 5 for v in y[:n]]})
    expect("py100", split, "cifar-100 (python)", x[:n], y[:n], 100, (3, 32, 32))
python2("py100/meta", {"fine_label_names": ["f%d" % i for i in range(100)],
                       "coarse_label_names": ["c%d" % i for i in range(20)]})


# ---- IDX ----
def idx(name, array):
    codes = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
    array = np.asarray(array)
    data = struct.pack(">BBBB", 0, 0, codes[array.dtype.name], array.ndim)
    data += struct.pack(">%dI" % array.ndim, *array.shape)
    data += array.astype(array.dtype.newbyteorder(">")).tobytes()
    (gzip.open if name.endswith(".gz") else open)(path(name), "wb").write(data)


x = rng.integers(0, 256, (11, 5, 4), dtype=np.uint8)
y = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3], np.uint8)
for ending in ("", ".gz"):
    folder = "idx" + ending
    idx(f"{folder}/train-images-idx3-ubyte{ending}", x)
    idx(f"{folder}/train-labels-idx1-ubyte{ending}", y)
    idx(f"{folder}/t10k-images-idx3-ubyte{ending}", x[:4])
    idx(f"{folder}/t10k-labels-idx1-ubyte{ending}", y[:4])
    expect(folder, "train", "mnist (idx)", x, y, 10, (1, 5, 4))
    expect(folder, "test", "mnist (idx)", x[:4], y[:4], 10, (1, 5, 4))
    expect(f"{folder}/t10k-images-idx3-ubyte{ending}", "test", "mnist (idx)", x[:4], y[:4], 4, (1, 5, 4))
idx("torchvision/MNIST/raw/train-images-idx3-ubyte", x)
idx("torchvision/MNIST/raw/train-labels-idx1-ubyte.gz", y)
expect("torchvision", "train", "mnist (idx)", x, y, 10, (1, 5, 4))
for kind in ("int8", "int16", "int32", "float32", "float64"):
    values = (rng.normal(size=(6, 3)) * 50).astype(kind)
    idx(f"idxtypes/{kind}-images-idx2", values)
    idx(f"idxtypes/{kind}-labels-idx1", y[:6].astype("int32"))
    expect(f"idxtypes/{kind}-images-idx2", "train", "mnist (idx)", values, y[:6], 6)

# ---- npz, npy ----
x = rng.integers(0, 256, (9, 6, 5, 3), dtype=np.uint8)
y = np.arange(9) % 4
nchw = x.transpose(0, 3, 1, 2)
np.savez(path("npz/keras.npz"), x_train=x, y_train=y, x_test=x[:2], y_test=y[:2, None])
expect("npz/keras.npz", "train", "npz", nchw, y, 4, (3, 6, 5))
expect("npz/keras.npz", "test", "npz", nchw[:2], y[:2], 4, (3, 6, 5))
np.savez_compressed(path("npz/packed.npz"), X=x, y=y)
expect("npz/packed.npz", "train", "npz", nchw, y, 4, (3, 6, 5))
np.savez(path("npz/nchw.npz"), images=np.ascontiguousarray(nchw), labels=y.astype(np.uint8))
expect("npz/nchw.npz", "train", "npz", nchw, y, 4, (3, 6, 5))
np.savez(path("npz/grey.npz"), X=x[..., 0], y=y.astype(float))
expect("npz/grey.npz", "train", "npz", x[..., 0], y, 4, (1, 6, 5))
np.savez(path("npz/target.npz"), data=x.reshape(9, -1).astype(np.float32) / 7, target=y)
expect("npz/target.npz", "train", "npz", (x.reshape(9, -1).astype(np.float32) / 7), y, 4)
np.savez(path("npz/flat.npz"), X=np.tile(x.reshape(9, -1), 40)[:, :3072], y=y)
expect("npz/flat.npz", "train", "npz", np.tile(x.reshape(9, -1), 40)[:, :3072], y, 4, (3, 32, 32))
np.savez(path("npz/float.npz"), X=x.astype(np.float64) / 3, y=y)
expect("npz/float.npz", "train", "npz", nchw.astype(np.float64) / 3, y, 4, (3, 6, 5))
for kind in ("?", "i1", "<i2", ">i2", "<i4", ">u4", "<i8", ">i8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"):
    tidy = kind.translate(str.maketrans("?<>", "blg"))
    values = (rng.normal(size=(9, 7)) * 50).astype(kind)
    np.savez(path(f"npz/type_{tidy}.npz"), X=values, y=y)
    expect(f"npz/type_{tidy}.npz", "train", "npz", values, y, 4)
np.savez(path("npz/fortran.npz"), X=np.asfortranarray(rng.normal(size=(9, 4))), y=y)
expect("npz/fortran.npz", "train", "npz", np.load(path("npz/fortran.npz"))["X"], y, 4)
np.savez(path("npz/fortran4.npz"), X=np.asfortranarray(x), y=y)
expect("npz/fortran4.npz", "train", "npz", nchw, y, 4, (3, 6, 5))
np.save(path("npy/x_train.npy"), x)
np.save(path("npy/y_train.npy"), y)
expect("npy", "train", "npy", nchw, y, 4, (3, 6, 5))
expect("npy/x_train.npy", "train", "npy", nchw, y, 4, (3, 6, 5))
np.save(path("pair/my_images.npy"), x)
np.save(path("pair/my_labels.npy"), y)
expect("pair/my_images.npy", "train", "npy", nchw, y, 4, (3, 6, 5))
for version in ((1, 0), (2, 0), (3, 0)):
    with open(path(f"v{version[0]}/X.npy"), "wb") as f:
        np.lib.format.write_array(f, np.arange(18.0).reshape(9, 2), version)
    np.save(path(f"v{version[0]}/y.npy"), y)
    expect(f"v{version[0]}", "train", "npy", np.arange(18.0).reshape(9, 2), y, 4)

# ---- csv ----
x = rng.normal(size=(6, 4)) * 10.0 ** rng.integers(-300, 300, (6, 4))
y = np.array([2, 0, 1, 2, 2, 0])
lines = [",".join([str(l), *map(repr, map(float, row))]) for l, row in zip(y, x)]
texts = {
    "plain": "\n".join(lines) + "\n",
    "noend": "\n".join(lines),
    "header": "label,a,b,c,d\n" + "\n".join(lines) + "\n",
    "dos": "\ufeff# a comment\r\n" + "\r\n".join(lines) + "\r\n\r\n",
    "semicolon": "\n".join(l.replace(",", " ; ") for l in lines),
    "tab": "\n\n" + "\n".join(l.replace(",", "\t") for l in lines),
    "quoted": '"class","p","q","r","s"\n' + "\n".join('"' + l.replace(",", '","') + '"' for l in lines),
    "last": "a,b,c,d,Label\n" + "\n".join(",".join(l.split(",")[1:] + l.split(",")[:1]) for l in lines),
}
for name, text in texts.items():
    open(path(f"csv/{name}.csv"), "w", newline="").write(text)
    expect(f"csv/{name}.csv", "train", "csv", x, y, 3)
np.savetxt(path("csv/savetxt.csv"), np.c_[y, x], delimiter=",", fmt="%.18e")
expect("csv/savetxt.csv", "train", "csv", x, y, 3)
open(path("csv/test.csv"), "w").write("1,5,6\n0,7,8\n")
expect("csv/test.csv", "test", "csv", [[5, 6], [7, 8]], [1, 0], 2)

open(os.path.join(root, "list.txt"), "w").write("\n".join(entries) + "\n")
