"""Trajectories, projections of them, and paths over surfaces."""
import h5py
import numpy as np


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


# plot_2D.py hands the datasets to matplotlib, which draws column 0 of what has two axes.
def check_projection(path):
    with h5py.File(path, "r") as f:
        xs, ys = f["proj_xcoord"], f["proj_ycoord"]
        assert xs.shape == ys.shape == (4, 1) and xs.dtype == np.float64
        np.testing.assert_array_equal(xs[:, 0], 1 / 3 - np.arange(4))
        np.testing.assert_array_equal(ys[:, 0], [-0.1 * k * k for k in range(4)])
        assert f["distance"].shape == (4,) and f["thalweg"].attrs["kind"] == "projection"


def make_projections(folder):
    x, y = np.arange(3) - 0.5, 10.0 * np.arange(3)

    def write(name, x, y):
        with h5py.File(f"{folder}/{name}.h5", "w") as f:
            f["proj_xcoord"] = x
            if y is not None:
                f["proj_ycoord"] = y

    write("flat", x, y)
    write("column", x[:, None], y[:, None])
    write("no_y", x, None)
    write("nan", [0, np.nan, 1], y)
    write("lengths", x, y[:2])
    write("matrix", np.zeros((3, 2)), np.zeros((3, 2)))
    write("none", np.zeros(0), np.zeros(0))


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
