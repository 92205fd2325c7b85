"""Looks at thalweg's files, and makes files for it, with NumPy and h5py.

outside.py VERB PATH: exit 0 if content, 77 if a package is missing. Arrays to compare with go to
NAME.raw: the rank, the shape (int64) and the values (float64, C order).
"""
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)


def raw(path, array):
    array = np.asarray(array)
    with open(path, "wb") as f:
        np.array([array.ndim, *array.shape], np.int64).tofile(f)
        array.astype(np.float64).ravel(order="C").tofile(f)


# The surface of test_surface_file.c: nx = 5, ny = 3 (or rank 1 with nx = 5).
def expected(metric, ny, nx):
    iy, ix = np.mgrid[0:ny, 0:nx]
    v = 100.0 * metric + 10 * iy + ix + 0.25
    v[0, 1], v[0, 2], v[0, 3] = np.nan, np.inf, -np.inf
    v[0, 0] = -1  # a value, not the mark
    v[ny - 1, nx - 1] = -1  # not computed
    return v


def check_surface(path):
    with h5py.File(path, "r") as f:
        names = list(f)
        assert set(names) == {"xcoordinates", "ycoordinates", "train_loss", "train_acc", "thalweg"}
        assert f["xcoordinates"].shape == (5,) and f["ycoordinates"].shape == (3,)
        np.testing.assert_array_equal(f["xcoordinates"][()], np.linspace(-1, 1, 5))
        np.testing.assert_array_equal(f["ycoordinates"][()], [0, 0.5, 1])
        for m, name in enumerate(["train_loss", "train_acc"]):
            assert f[name].shape == (3, 5) and f[name].dtype == np.float64
            np.testing.assert_array_equal(f[name][()], expected(m, 3, 5))
        mask = np.ones((3, 5), np.uint8)
        mask[2, 4] = 0
        assert f["thalweg/computed"].dtype == np.uint8
        np.testing.assert_array_equal(f["thalweg/computed"][()], mask)
        assert dict(f["thalweg"].attrs) == {
            "kind": "surface", "version": "1.2.3", "command": "thalweg plane \u00e9", "empty": ""}


def check_line(path):
    with h5py.File(path, "r") as f:
        assert "ycoordinates" not in f
        for m, name in enumerate(["train_loss", "train_acc"]):
            assert f[name].shape == (5,)
            np.testing.assert_array_equal(f[name][()], expected(m, 1, 5)[0])
        assert f["thalweg/computed"].shape == (5,)


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


def check_weights(path):
    with h5py.File(path, "r") as f:
        assert f["thalweg"].attrs["kind"] == "weights"
        np.testing.assert_array_equal(f["weights/W"][()], np.arange(6.0).reshape(2, 3))
        np.testing.assert_array_equal(f["weights/b"][()], [6, 7, 8])
        np.testing.assert_array_equal(f["weights/deep/scale"][()], 9)
        assert f["weights/deep/scale"].shape == ()


def make_surfaces(folder):
    x, y = np.linspace(-2, 2, 4), np.linspace(0, 1, 7)
    flat = np.arange(28.0)
    flat[5] = -1
    with h5py.File(folder + "/float32.h5", "w") as f:
        f["dir_file"] = "some/direction.h5"
        f["xcoordinates"] = x.astype("f4")
        f["ycoordinates"] = y.astype("f4")
        f["train_loss"] = flat.reshape(7, 4).astype("f4")
    with h5py.File(folder + "/gzip.h5", "w") as f:
        f["xcoordinates"], f["ycoordinates"] = x, y
        f.create_dataset("train_loss", data=flat.reshape(7, 4), chunks=(2, 2), compression="gzip",
                         shuffle=True, fletcher32=True)
    with h5py.File(folder + "/big.h5", "w") as f:
        f["xcoordinates"], f["ycoordinates"] = x.astype(">f8"), y
        f["train_loss"] = flat.reshape(7, 4).astype(">i2")
    # the peer's own shape, filled by its flat index iy * nx + ix
    with h5py.File(folder + "/peer.h5", "w") as f:
        f["xcoordinates"], f["ycoordinates"] = x, y
        losses = -np.ones((4, 7))
        coordinates = [(c, r) for r in range(7) for c in range(4)]
        for k, (ix, iy) in enumerate(coordinates):
            losses.ravel()[k] = 1000 * iy + ix if k != 5 else -1
        f["train_loss"] = losses
    with h5py.File(folder + "/latest.h5", "w", libver="latest") as f:
        f["xcoordinates"], f["ycoordinates"] = x, y
        f["train_loss"] = flat.reshape(7, 4)
        f["soft"] = h5py.SoftLink("/train_loss")
        f.create_group("thalweg").attrs["note"] = "from h5py"
        f["thalweg"].attrs["count"] = 3
    # not written at all: HDF5 fills in
    with h5py.File(folder + "/unwritten.h5", "w") as f:
        f["xcoordinates"] = np.linspace(0, 1, 1500)
        f["ycoordinates"] = np.linspace(0, 1, 1000)
        f.create_dataset("train_loss", (1000, 1500), "f8", fillvalue=-1)


def make_bad_surfaces(folder):
    x, z = np.linspace(-2, 2, 4), np.zeros((3, 4))

    def write(name, **sets):
        with h5py.File(f"{folder}/{name}.h5", "w") as f:
            for key, value in sets.items():
                f[key] = value

    write("no_x", train_loss=z)
    write("x_is_text", xcoordinates="text", train_loss=z)
    write("x_is_complex", xcoordinates=np.zeros(4, complex), train_loss=z)
    write("x_is_bool", xcoordinates=np.zeros(4, bool), train_loss=z)
    write("x_is_matrix", xcoordinates=z, train_loss=z)
    write("x_is_nan", xcoordinates=[0, 1, np.nan, 3], train_loss=np.zeros(4))
    write("x_is_empty", xcoordinates=np.zeros(0), train_loss=np.zeros(0))
    write("no_metric", xcoordinates=x, ycoordinates=np.arange(3.0), other=np.zeros((4, 4)))
    write("bad_mask", xcoordinates=x, train_loss=np.zeros(4), **{"thalweg/computed": np.zeros(3)})
    write("x_is_null", xcoordinates=h5py.Empty("f8"), train_loss=np.zeros(4))
    with h5py.File(folder + "/huge.h5", "w") as f:
        f["xcoordinates"] = x
        f.create_dataset("ycoordinates", (1 << 40,), "f8", chunks=(1024,))
    write("other", xcoordinates=x)
    with h5py.File(folder + "/linked.h5", "w") as f:
        f["xcoordinates"] = h5py.ExternalLink("other.h5", "/xcoordinates")
        f["train_loss"] = np.zeros(4)
    with h5py.File(folder + "/external.h5", "w") as f:
        f.create_dataset("xcoordinates", (4,), "f8", external=[(folder + "/other.h5", 0, 32)])
        f["train_loss"] = np.zeros(4)
    with h5py.File(folder + "/virtual.h5", "w") as f:
        layout = h5py.VirtualLayout((4,), "f8")
        layout[:] = h5py.VirtualSource(folder + "/other.h5", "xcoordinates", (4,))
        f.create_virtual_dataset("xcoordinates", layout)
        f["train_loss"] = np.zeros(4)


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


def make_reference(path):
    """The peer's own surface, beside PATH, as raw arrays."""
    source, target = path.split(":")
    with h5py.File(source, "r") as f:
        for name in ["xcoordinates", "ycoordinates", "train_loss", "train_acc"]:
            raw(f"{target}/{name}.raw", f[name][()])


# The trajectory of test_trajectory_file.c: three blocks of 10 numbers, x[r, i] = 100 r + i + 0.25.
def trajectory_rows(rows):
    return 100.0 * np.arange(rows)[:, None] + np.arange(10) + 0.25


def check_trajectory(path):
    with h5py.File(path, "r") as f:
        x = f["trajectory/x"]
        assert x.shape == x.maxshape == (5, 10) and x.dtype == np.float64 and x.chunks is None
        np.testing.assert_array_equal(x[()], trajectory_rows(5))
        assert list(f["trajectory"]) == ["x", "iteration", "train_loss", "nothing", "blocks"]
        np.testing.assert_array_equal(f["trajectory/iteration"][()], 7.0 * np.arange(5))
        np.testing.assert_array_equal(f["trajectory/train_loss"][()], 1 / (1.0 + np.arange(5)))
        assert np.isnan(f["trajectory/nothing"][()]).all() and f["trajectory/nothing"].shape == (5,)
        blocks = f["trajectory/blocks"]
        assert list(blocks["name"][()]) == [b"W", b"b", b"deep/scale"]
        assert list(blocks["role"][()]) == [b"weight", b"bias", b"norm"]
        np.testing.assert_array_equal(blocks["shape"][()], [[2, 3, 0, 0], [3, 0, 0, 0], [0] * 4])
        np.testing.assert_array_equal(blocks["offset"][()], [0, 6, 9])
        np.testing.assert_array_equal(blocks["filter_axis"][()], [1, 0, 0])
        assert dict(f["thalweg"].attrs) == {"kind": "trajectory", "command": "thalweg train \u00e9"}
    with h5py.File(path, "r") as f, h5py.File(path + ".copy", "w") as g:
        f.copy("trajectory", g)  # as HDF5's own tools rewrite it
        np.testing.assert_array_equal(g["trajectory/x"][()], trajectory_rows(5))


def check_empty_trajectory(path):
    with h5py.File(path, "r") as f:
        assert f["trajectory/x"].shape == (0, 10) and f["trajectory/x"][()].size == 0
        assert f["trajectory/train_loss"].shape == (0,)


# Every state in which a kill may leave the file: FOLDER/snapshot-K.h5.
def check_snapshots(folder):
    import glob
    paths = sorted(glob.glob(folder + "/snapshot-*.h5"), key=lambda p: int(p[:-3].split("-")[-1]))
    assert len(paths) > 40
    before = 0
    for path in paths:
        with h5py.File(path, "r") as f:
            x = f["trajectory/x"][()]
            assert before <= len(x) <= before + 1, path
            before = len(x)
            np.testing.assert_array_equal(x, trajectory_rows(len(x)))
            for name, least in ("iteration", len(x) - 1), ("train_loss", len(x) - 1):
                column = f["trajectory/" + name][()]
                assert least <= len(column) <= len(x), path
                assert np.isfinite(column).all()


def make_trajectories(folder):
    rows = trajectory_rows(6)
    with h5py.File(folder + "/bare.h5", "w") as f:
        f["trajectory/x"] = rows
    with h5py.File(folder + "/packed.h5", "w") as f:
        f.create_dataset("trajectory/x", data=rows.astype(">f4"), chunks=(1, 10),
                         maxshape=(None, 10), compression="gzip")
        f["trajectory/loss"] = np.arange(9)  # longer than x: a column counts up to the rows
    with h5py.File(folder + "/short_column.h5", "w") as f:
        f["trajectory/x"], f["trajectory/loss"] = rows, np.arange(4.0)
    with h5py.File(folder + "/nan.h5", "w") as f:
        rows[3, 7] = np.nan
        f["trajectory/x"] = rows
    with h5py.File(folder + "/flat.h5", "w") as f:
        f["trajectory/x"] = np.arange(10.0)
    with h5py.File(folder + "/text.h5", "w") as f:
        f["trajectory/x"] = "text"
    with h5py.File(folder + "/none.h5", "w") as f:
        f["trajectory/y"] = rows
    with h5py.File(folder + "/set.h5", "w") as f:
        f["trajectory"] = rows
    with h5py.File(folder + "/matrix_column.h5", "w") as f:
        f["trajectory/x"], f["trajectory/loss"] = rows, rows
    with h5py.File(folder + "/elsewhere.h5", "w") as f:
        f["trajectory/x"] = h5py.ExternalLink(folder + "/bare.h5", "trajectory/x")
    blocks = {"name": np.array([b"W"]), "role": np.array([b"weight"]),
              "shape": np.array([[2, 5, 0, 0]]), "filter_axis": np.array([0])}
    wrong = {"role": ("role", np.array([b"wait"])), "sum": ("shape", np.array([[2, 4, 0, 0]])),
             "gap": ("shape", np.array([[0, 10, 0, 0]])), "negative": ("shape", np.array([[-2, -5, 0, 0]])),
             "huge": ("shape", np.array([[2 ** 33, 2 ** 33, 2 ** 33, 0]])),
             "axis": ("filter_axis", np.array([7])), "columns": ("shape", np.array([[2, 5]])),
             "count": ("name", np.array([b"W", b"b"])), "number": ("name", np.array([1.0])),
             "twice": (None, None), "right": (None, None)}
    for case, (key, value) in wrong.items():
        with h5py.File(f"{folder}/blocks_{case}.h5", "w") as f:
            f["trajectory/x"] = trajectory_rows(6)
            for name, array in blocks.items():
                if case == "twice":
                    array = np.concatenate([array, array])
                f["trajectory/blocks/" + name] = value if name == key else array


# The paths of test_paths_file.c: number k of list l of path p is 100 p + 10 l + k + 0.5.
PATH_LISTS = ["x", "y", "length", "distance", "loss", "plane_loss"]


def check_paths(path):
    with h5py.File(path, "r") as f:
        group = f["thalweg/paths"]
        assert [t.decode() for t in group["names"][()]] == ["adam \u00e9", "", "B"]
        assert [t.decode() for t in group["labels"][()]] == ["PC1, 87.3 %", ""]
        for p, count in enumerate([5, 2, 1]):
            for l, name in enumerate(PATH_LISTS):
                wanted = 100.0 * p + 10 * l + np.arange(count) + 0.5
                if l >= 4:
                    wanted[3:4] = np.nan
                np.testing.assert_array_equal(group[f"{p}/{name}"][()], wanted)
        assert f["train_loss"].shape == (3, 5) and f["thalweg"].attrs["kind"] == "surface"


def make_paths(folder):
    changes = {"good": {}, "length": {"y": np.arange(3.0)}, "missing": {"loss": None},
               "rank": {"x": np.zeros((2, 1))}, "empty": {"x": np.zeros(0)}, "names": {},
               "more": {}}
    for case, change in changes.items():
        with h5py.File(f"{folder}/paths-{case}.h5", "w") as f:
            f["xcoordinates"], f["train_loss"] = np.arange(4.0), np.arange(4.0)
            group = f.create_group("thalweg/paths")
            group["labels"] = np.array([b"", b""])
            if case != "names":
                group["names"] = np.array([b"run", b"b"] if case == "more" else [b"run"])
            for name in PATH_LISTS:
                values = change.get(name, np.array([1, 2], "f4"))
                if name == "loss" and values is not None:
                    values = values * np.nan
                if values is not None:
                    group["0/" + name] = values


globals()[sys.argv[1]](sys.argv[2])
