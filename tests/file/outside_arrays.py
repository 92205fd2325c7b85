"""Arrays and parameters: .npy, .npz and HDF5, and arrays to compare with."""
import h5py
import numpy as np


def raw(path, array):
    array = np.asarray(array)
    with open(path, "wb") as f:
        np.array([array.ndim, *array.shape], np.int64).tofile(f)
        array.astype(np.float64).ravel(order="C").tofile(f)


def check_array(path):
    a = np.load(path)
    assert a.dtype == np.dtype("<f8") and a.flags.c_contiguous
    if a.shape == (2, 3):
        np.testing.assert_array_equal(a, [[0, 1, 2], [3, np.nan, np.inf]])
    else:
        assert a.shape in [(), (0,), (2, 1, 3), (6,), (10,)], a.shape
        np.testing.assert_array_equal(a.ravel(), np.arange(a.size))
    with open(path, "rb") as f:
        head = f.read(10)
    assert (10 + head[8] + 256 * head[9]) % 64 == 0


def make_arrays(folder):
    rng = np.random.default_rng(1)
    index = []

    def add(name, array, version=None):
        with open(f"{folder}/{name}.npy", "wb") as f:
            np.lib.format.write_array(f, array, version=version)
        raw(f"{folder}/{name}.raw", array)
        index.append(name)

    for kind in ["b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]:
        for order in "<>":
            for layout in "CF":
                a = rng.integers(-100, 100, (3, 4, 5)).astype(np.dtype(order + kind))
                name = f"{kind}_{'little' if order == '<' else 'big'}_{layout}"
                add(name, np.array(a, order=layout))
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5.960464477539063e-08, 65504, 1e-4])
    add("half", special.astype("f2"))
    add("single", special.astype(">f4"))
    add("extremes", np.array([5e-324, 1.7976931348623157e308, -2.2250738585072014e-308]))
    add("integers", np.array([-2**63, 2**63 - 1, 2**53 + 1], "i8"))
    add("unsigned", np.array([2**64 - 1, 2**63], ">u8"))
    add("scalar", np.array(2.5))
    add("scalar_int", np.array(-7, ">i4"))
    for shape in [(0,), (0, 3), (3, 0), (1,), (1, 1), (2, 1, 2, 1, 2, 1, 2, 2)]:
        add("shape_" + "_".join(map(str, shape)), rng.normal(size=shape))
    add("long", rng.normal(size=40000))
    add("long_f", np.asfortranarray(rng.normal(size=(300, 123))))
    for version in [(1, 0), (2, 0), (3, 0)]:
        add(f"version_{version[0]}", rng.normal(size=(4, 6)), version)
    with open(folder + "/index", "w") as f:
        f.write("\n".join(index) + "\n")
    np.savez(folder + "/one.npz", only=np.arange(6.0).reshape(2, 3))
    np.savez_compressed(folder + "/two.npz", a=np.arange(3), b=np.ones((2, 2), ">f4"))
    np.savez(folder + "/none.npz")


def make_bad_arrays(folder):
    np.save(folder + "/complex.npy", np.zeros(3, complex))
    np.save(folder + "/text.npy", np.array(["a", "b"]))
    np.save(folder + "/bytes.npy", np.array([b"a", b"b"]))
    np.save(folder + "/object.npy", np.array([None, 1], object), allow_pickle=True)
    np.save(folder + "/record.npy", np.zeros(3, [("a", "f8"), ("b", "i4")]))
    np.save(folder + "/time.npy", np.zeros(3, "M8[s]"))
    np.save(folder + "/long_double.npy", np.zeros(3, np.longdouble))
    np.save(folder + "/deep.npy", np.zeros((1,) * 9))


def check_weights(path):
    if path.endswith(".npz"):
        with np.load(path) as f:
            assert list(f) == ["W", "b", "deep/scale", "thalweg.txt"]
            np.testing.assert_array_equal(f["W"], np.arange(6.0).reshape(2, 3))
            np.testing.assert_array_equal(f["b"], [6, 7, 8])
            assert f["deep/scale"].shape == () and f["deep/scale"] == 9
            assert f["thalweg.txt"] == b"# thalweg weights\n# seed: 7\n"
        return
    with h5py.File(path, "r") as f:
        assert f["thalweg"].attrs["kind"] == "weights"
        np.testing.assert_array_equal(f["weights/W"][()], np.arange(6.0).reshape(2, 3))
        np.testing.assert_array_equal(f["weights/b"][()], [6, 7, 8])
        np.testing.assert_array_equal(f["weights/deep/scale"][()], 9)
        assert f["weights/deep/scale"].shape == ()


def make_weights(folder):
    w, b, s = np.arange(6.0).reshape(2, 3), np.arange(6.0, 9), np.array(9.0)
    nan, inf = w.copy(), b.copy()
    nan[1, 2], inf[1] = np.nan, -np.inf
    np.savez(folder + "/good.npz", **{"W": w, "b": b, "deep/scale": s})
    np.savez_compressed(folder + "/packed.npz", **{"W": w.astype("f4"), "b": b, "deep/scale": s})
    np.savez(folder + "/missing.npz", W=w, b=b)
    np.savez(folder + "/transposed.npz", **{"W": w.T, "b": b, "deep/scale": s})
    np.savez(folder + "/shape.npz", **{"W": w, "b": np.zeros((3, 1)), "deep/scale": s})
    np.savez(folder + "/nan.npz", **{"W": nan, "b": b, "deep/scale": s})
    np.savez(folder + "/inf.npz", **{"W": w, "b": inf, "deep/scale": s})
    np.save(folder + "/flat.npy", np.arange(10.0))
    np.save(folder + "/flat_f.npy", np.arange(10, dtype=">f4"))
    np.save(folder + "/short.npy", np.arange(9.0))
    np.save(folder + "/matrix.npy", np.asfortranarray(w))
    np.save(folder + "/matrix_t.npy", w.T)
    for name, at in [("root", ""), ("grouped", "weights/")]:
        with h5py.File(f"{folder}/{name}.h5", "w") as f:
            f[at + "W"], f[at + "b"], f[at + "deep/scale"] = w.astype("f4"), b, s
    with h5py.File(folder + "/complex.h5", "w") as f:
        f["W"], f["b"], f["deep/scale"] = w.astype(complex), b, s
    with h5py.File(folder + "/text.h5", "w") as f:
        f["W"], f["b"], f["deep/scale"] = w, "text", s
    with h5py.File(folder + "/missing.h5", "w") as f:
        f["W"] = w


def check_table(path):
    if path.endswith(".csv"):
        with open(path) as f:
            t = np.genfromtxt([line for line in f if line[0] != "#"], delimiter=",", names=True)
        columns = {n: t[n] for n in t.dtype.names}
    else:
        with h5py.File(path, "r") as f:
            columns = {n: f[n][()] for n in f if n != "thalweg"}
            assert f["thalweg"].attrs["kind"] == "steps"
            assert f["thalweg"].attrs["seed"] == "7"
            assert all(f[n].dtype == np.float64 for n in columns)
    assert set(columns) == {"step", "loss"}
    np.testing.assert_array_equal(columns["step"], [1e-10, 0.1, 1 / 3, 5e-324])
    np.testing.assert_array_equal(columns["loss"], [2.2, np.nan, np.inf, -1.7976931348623157e308])
