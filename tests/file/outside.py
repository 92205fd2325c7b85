"""Looks at thalweg's files, and makes files for it, with NumPy and h5py.

outside.py VERB PATH: exit 0 if content, 77 if a package is missing. Without arguments it reads lines of
VERB PATH and answers each with "y" if content, "n" if not: to start it takes longer than what it is
asked. Arrays to compare with go to NAME.raw: the rank, the shape (int64) and the values (float64, C order).
"""
import os
import sys
import traceback

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
        mask[0, 1] = 2
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


# The reads of plot_1D.py, plot_2D.py and h52vtp.py of the peer, with the surface of test_surface_forms.c.
def check_slice_for_the_peer(path):
    f = h5py.File(path, "r")
    x, loss, accuracy = f["xcoordinates"][:], f["train_loss"][:], f["train_acc"][:]
    assert x.shape == loss.shape == accuracy.shape == (5,)
    np.testing.assert_array_equal(loss, 10 + np.arange(5))
    assert np.isnan(accuracy).all() and np.isnan(100 - accuracy).all()
    assert "test_loss" not in f.keys()
    assert "placeholder" in f["train_acc"].attrs


# Of a slice of the test split.
def check_test_slice_for_the_peer(path):
    f = h5py.File(path, "r")
    assert "train_loss" in f.keys(), "'train_loss' does not exist"
    x, loss, accuracy = f["xcoordinates"][:], f["train_loss"][:], f["train_acc"][:]
    assert x.shape == loss.shape == accuracy.shape == (5,)
    assert np.isnan(loss).all() and np.isnan(accuracy).all()
    assert "test_loss" in f.keys()
    loss, accuracy = f["test_loss"][:], f["test_acc"][:]
    np.testing.assert_array_equal(loss, 10 + np.arange(5))
    assert accuracy.shape == (5,) and np.isnan(accuracy).all()


# crunch() of the peer's plot_surface.py on a file that is there: it takes the sets as they are, and
# every flat index at the mark for its own.
def go_on_as_the_peer(path):
    with h5py.File(path, "r+") as f:
        for key, start in [("train_loss", 500), ("train_acc", 20)]:
            values = f[key][:]
            inds = np.flatnonzero(values.ravel() <= 0)
            values.ravel()[inds[:2]] = start + inds[:2]
            f[key][:] = values
            f.flush()


def add_five_of_a_split(path):
    with h5py.File(path, "r+") as f:
        for key, start in [("test_loss", 700), ("test_acc", 30)]:
            values = -np.ones(f["train_loss"].shape)
            values.ravel()[:5] = start + np.arange(5)
            f[key] = values


def fill_placeholder(path):
    with h5py.File(path, "r+") as f:
        f["train_acc"][:] = np.arange(5)


def check_plane_for_the_peer(path):
    f = h5py.File(path, "r")
    x, y = np.array(f["xcoordinates"][:]), np.array(f["ycoordinates"][:])
    across, up = np.meshgrid(x, y)
    z = np.array(f["train_loss"][:])
    assert across.shape == up.shape == z.shape == (3, 5)  # rectangles, too
    np.testing.assert_array_equal(z, 10 + np.arange(5) + 10 * np.arange(3)[:, None])
    assert 0 <= f["train_acc"][:].min() and f["train_acc"][:].max() <= 100
    # flat, as the surface and the mesh of h52vtp.py are
    points = np.c_[across.ravel(), up.ravel(), f["train_loss"][:].ravel()]
    assert (points[7] == [x[2], y[1], 22]).all()
    name = f["dir_file"]
    assert name.shape == () and h5py.check_string_dtype(name.dtype).encoding == "utf-8"
    assert name[()].decode() == "ways/d.h5"


def marks(ny):
    computed = np.ones(5 * ny)
    computed[0], computed[-1] = 2, 0  # interpolated, not computed
    return computed


def check_surface_npz(path):
    rank = 1 if path.endswith("1.npz") else 2
    ny, shape = (3, (3, 5)) if rank == 2 else (1, (5,))
    with np.load(path) as f:
        assert set(f) == {"x", "train_loss", "train_acc", "computed", "thalweg.txt"} | (
            {"y"} if rank == 2 else set())
        np.testing.assert_array_equal(f["x"], np.linspace(-1, 1, 5))
        if rank == 2:
            np.testing.assert_array_equal(f["y"], [0, 0.5, 1])
        assert f["computed"].dtype == np.uint8
        np.testing.assert_array_equal(f["computed"], marks(ny).reshape(shape))
        for m, name in enumerate(["train_loss", "train_acc"]):
            wanted = expected(m, ny, 5).reshape(shape)
            wanted.ravel()[-1] = np.nan
            np.testing.assert_array_equal(f[name], wanted)
        assert f["thalweg.txt"].decode() == "# thalweg surface\n# command: thalweg plane \u00e9\n"


def check_surface_csv(path):
    with open(path) as f:
        t = np.genfromtxt([line for line in f if line[0] != "#"], delimiter=",", names=True)
    assert t.dtype.names == ("x", "y", "train_loss", "train_acc", "computed")
    iy, ix = np.mgrid[0:3, 0:5]
    np.testing.assert_array_equal(t["x"], np.linspace(-1, 1, 5)[ix.ravel()])
    np.testing.assert_array_equal(t["y"], np.array([0, 0.5, 1])[iy.ravel()])
    for m, name in enumerate(["train_loss", "train_acc"]):
        wanted = expected(m, 3, 5).ravel()
        wanted[-1] = np.nan
        np.testing.assert_array_equal(t[name], wanted)
    np.testing.assert_array_equal(t["computed"], marks(3))


# VTK's legacy format by its document ("VTK File Formats"): lines of text, big-endian numbers.
def read_vtk(path):
    data = open(path, "rb").read()
    at = 0

    def line():
        nonlocal at
        end = data.index(b"\n", at)
        text, at = data[at:end].decode(), end + 1
        return text

    def numbers(kind, count):
        nonlocal at
        out = np.frombuffer(data, kind, count, at)
        at += out.nbytes
        assert line() == ""
        return out

    assert line().startswith("# vtk DataFile Version 3")
    title = line()
    assert len(title) < 256 and line() == "BINARY" and line() == "DATASET STRUCTURED_GRID"
    word, *dims = line().split()
    assert word == "DIMENSIONS"
    dims = [int(d) for d in dims]
    word, count, kind = line().split()
    assert word == "POINTS" and kind == "double" and int(count) == np.prod(dims)
    points = numbers(">f8", 3 * int(count)).reshape(-1, 3)
    assert line() == f"POINT_DATA {count}"
    arrays = {}
    while at < len(data):
        word, name, kind, components = line().split()
        assert word == "SCALARS" and components == "1" and line() == "LOOKUP_TABLE default"
        arrays[name] = numbers({"double": ">f8", "unsigned_char": "u1"}[kind], int(count))
    return title, dims, points, arrays


def check_surface_vtk(path):
    rank = 1 if path.endswith("1.vtk") else 2
    ny = 3 if rank == 2 else 1
    title, dims, points, arrays = read_vtk(path)
    assert title == "thalweg plane \u00e9" and dims == [5, ny, 1]
    iy, ix = np.mgrid[0:ny, 0:5]
    np.testing.assert_array_equal(points[:, 0], np.linspace(-1, 1, 5)[ix.ravel()])
    np.testing.assert_array_equal(points[:, 1], np.array([0, 0.5, 1])[iy.ravel()])
    for m, name in enumerate(["train_loss", "train_acc"]):
        wanted = expected(m, ny, 5).ravel()
        wanted[-1] = np.nan
        np.testing.assert_array_equal(arrays[name], wanted)
    loss = arrays["train_loss"]
    bad = ~np.isfinite(loss)
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points[~bad, 2], loss[~bad])
    np.testing.assert_array_equal(arrays["vtkGhostType"], 2 * bad)
    assert points[3, 2] == loss[~bad].min() and (points[[1, 2, -1], 2] == loss[~bad].max()).all()
    np.testing.assert_array_equal(arrays["computed"], marks(ny))


def make_odd_archives(folder):
    w, b = np.array([4.0, 5, 6]), np.array([1.0, 2, 3])
    np.savez(folder + "/order.npz", other=np.zeros(9), W=w, b=b)
    np.savez(folder + "/missing.npz", W=w, c=b)
    np.savez(folder + "/order_b.npz", W=w, b=np.zeros(4))


def make_claims(folder):
    side = 2896  # just below 64 MiB a set, which are believed once
    with h5py.File(folder + "/surface.h5", "w") as f:
        f["xcoordinates"] = f["ycoordinates"] = np.linspace(0, 1, side)
        for k in range(80):
            f.create_dataset(f"m{k}", (side, side), "f8", chunks=(64, 64))
    with h5py.File(folder + "/weights.h5", "w") as f:
        for k in range(80):
            f.create_dataset(f"weights/a/m{k}", (1000, 4000), "f8", chunks=(64, 64))
    with h5py.File(folder + "/deep.h5", "w") as f:
        group = f.create_group("weights")
        for _ in range(300):
            group = group.create_group("a")
        group["w"] = np.zeros(3)
    with h5py.File(folder + "/nested.h5", "w") as f:
        f["weights/a/b/w"], f["weights/a/c"], f["weights/z"] = np.zeros(2), np.zeros(3), np.zeros(4)
        f["weights/again"] = f["weights/z"]
        f["weights/a/up"] = f["weights"]


def make_shuffled(folder):
    nx, ny = 70, 50
    order = np.random.default_rng(1).permutation(nx * ny)
    with open(folder + "/shuffled.csv", "w") as f:
        f.write("# thalweg surface\nx,y,loss\n")
        f.writelines(f"{k % nx},{k // nx},{1000 * (k // nx) + k % nx}\n" for k in order)
    with open(folder + "/diagonal.csv", "w") as f:
        f.write("# thalweg surface\nx,y,loss\n")
        f.writelines(f"{k},{-k},0\n" for k in range(40000))


# VTK's XML formats: inline arrays are base64 of a length in bytes and the numbers.
def read_vtk_xml(path):
    import base64
    import xml.etree.ElementTree as xml
    root = xml.parse(path).getroot()
    assert root.tag == "VTKFile" and root.attrib == {
        "type": root[0].tag, "version": "1.0", "byte_order": "LittleEndian", "header_type": "UInt64"}
    piece = root[0].find("Piece")

    def arrays(at):
        out = {}
        for a in at if at is not None else []:
            assert a.tag == "DataArray" and a.get("format") == "binary"
            data = base64.b64decode(a.text.strip(), validate=True)
            assert int.from_bytes(data[:8], "little") == len(data) - 8
            kind = {"Float64": "<f8", "UInt8": "u1", "Int64": "<i8"}[a.get("type")]
            values, width = np.frombuffer(data[8:], kind), int(a.get("NumberOfComponents"))
            out[a.get("Name")] = values.reshape(-1, width) if width > 1 else values
        return out

    texts = {}
    for a in root[0].find("FieldData"):
        assert a.tag == "Array" and a.get("type") == "String" and a.get("format") == "ascii"
        words = bytes(int(w) for w in a.text.split()).split(b"\0")[:-1]
        assert len(words) == int(a.get("NumberOfTuples"))
        texts[a.get("Name")] = [w.decode() for w in words]
    parts = {at.tag: arrays(at) for at in piece}
    return root[0], piece, texts, parts


def check_surface_vts(path):
    rank = 1 if path.endswith("1.vts") else 2
    ny = 3 if rank == 2 else 1
    grid, piece, texts, parts = read_vtk_xml(path)
    assert grid.tag == "StructuredGrid"
    assert grid.get("WholeExtent") == piece.get("Extent") == f"0 4 0 {ny - 1} 0 0"
    assert texts == {"command": ["thalweg plane \u00e9"]}
    *_, legacy_points, legacy = read_vtk(path[:-3] + "vtk")
    np.testing.assert_array_equal(parts["Points"]["points"], legacy_points)
    assert set(parts["PointData"]) == set(legacy)
    for name, values in legacy.items():
        np.testing.assert_array_equal(parts["PointData"][name], values)


# Accuracies before losses, as in files in order of the alphabet: test_vtk_files.c.
def check_heights(path):
    *_, parts = read_vtk_xml(path)
    data, z = parts["PointData"], parts["Points"]["points"][:, 2]
    loss, accuracy = data["train_loss"], data["train_acc"]
    np.testing.assert_array_equal(loss, [100, 10, 1, 0, -1, np.inf])
    np.testing.assert_array_equal(accuracy, [10, 20, 30, 40, 50, 60])
    wanted = {"loss": [100, 10, 1, 0, -1, 100], "acc": accuracy,
              "log": [2, 1, 0, 0, 0, 2]}[path.split(".")[-2]]
    np.testing.assert_allclose(z, wanted, rtol=1e-15)
    hidden = data.get("vtkGhostType", np.zeros(6))
    np.testing.assert_array_equal(hidden, [0] * 6 if "acc" in path else [0] * 5 + [2])


# Every fourth row and column of 17 x 17 points is there: test_vtk_files.c.
def check_lattice(path):
    if path.endswith(".vtk"):
        _, dims, points, arrays = read_vtk(path)
        assert dims == [5, 5, 1]
    else:
        grid, _, _, parts = read_vtk_xml(path)
        assert grid.get("WholeExtent") == "0 4 0 4 0 0"
        points, arrays = parts["Points"]["points"], parts["PointData"]
    x, y = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(0, 2, 5))
    np.testing.assert_array_equal(points, np.c_[x.ravel(), y.ravel(), (3 * x + y).ravel()])
    np.testing.assert_array_equal(arrays["train_loss"], (3 * x + y).ravel())
    assert "vtkGhostType" not in arrays and arrays["computed"].all()


# Two runs and a point between them, over the surface 3 x + y on -1 ... 1 by 0 ... 2.
def check_paths_vtp(path):
    data, piece, texts, parts = read_vtk_xml(path)
    over = not path.endswith("flat.vtp")
    assert data.tag == "PolyData" and texts["names"] == ["sgd & <co>", "C", ""]
    assert [int(piece.get("NumberOf" + n)) for n in ("Points", "Verts", "Lines", "Strips", "Polys")] \
        == [6, 1, 2, 0, 0]
    x, y = np.array([-1, 0.125, 0.5, 0.3, 5, 0]), np.array([0, 1, 1.5, 0.7, 1, -3])
    z = 3 * np.clip(x, -1, 1) + np.clip(y, 0, 2) if over else 0 * x
    np.testing.assert_allclose(parts["Points"]["points"], np.c_[x, y, z], rtol=1e-14, atol=1e-15)
    point = parts["PointData"]
    np.testing.assert_array_equal(point["checkpoint"], [0, 1, 2, 0, 0, 1])
    np.testing.assert_array_equal(point["loss"], [0, 1, 2, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(parts["CellData"]["path"], [1, 0, 2])  # vertices come first
    for part, points, ends in [("Verts", [3], [1]), ("Lines", [0, 1, 2, 4, 5], [3, 5])]:
        np.testing.assert_array_equal(parts[part]["connectivity"], points)
        np.testing.assert_array_equal(parts[part]["offsets"], ends)


def make_surface_forms(folder):
    x, y, z = np.arange(3.0), np.array([5.0, 4.0]), np.arange(6.0).reshape(2, 3)
    np.savez(folder + "/foreign.npz", x=x, y=y.astype("f4"), loss=z, other=np.zeros(7))
    np.savez_compressed(folder + "/line.npz", x=x, loss=z[0])
    np.savez(folder + "/no_metric.npz", x=x, y=y, loss=z.ravel())
    np.savez(folder + "/transposed.npz", x=x, y=y, loss=z, acc=z.T)
    np.savez(folder + "/no_x.npz", y=y, loss=z)
    np.savez(folder + "/nan_x.npz", x=[0, np.nan, 1], y=y, loss=z)
    np.savez(folder + "/mask.npz", x=x, y=y, loss=z, computed=np.ones(5))
    np.savez(folder + "/x_matrix.npz", x=z, y=y, loss=z)

    def write(name, text):
        with open(f"{folder}/{name}.csv", "w") as f:
            f.write("# thalweg surface\n" + text)

    write("shuffled", "loss,y,x\n3,4,0\n1,5,1\n5,4,2\n0,5,0\n4,4,1\n2,5,2\n")
    write("twice", "x,y,loss\n0,0,1\n1,0,1\n0,1,1\n0,1,1\n")
    write("hole", "x,y,loss\n0,0,1\n1,0,1\n0,1,1\n")
    write("nan", "x,y,loss\n0,0,1\n1,nan,1\n")
    write("no_metric", "x,y\n0,0\n")
    write("no_x", "y,loss\n0,0\n")
    write("no_points", "x,y,loss\n")


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


# ---- directions: the space of test_directions_file.c ----
SHAPES = {"conv.weight": (4, 3, 2, 2), "conv.bias": (4,), "norm.weight": (4,), "norm.bias": (4,),
          "fc.weight": (3, 5), "temperature": ()}


def blocks_of(flat):
    """A vector as the blocks of the space, in order."""
    sizes = [int(np.prod(shape)) for shape in SHAPES.values()]
    parts = np.split(np.asarray(flat, np.float64), np.cumsum(sizes)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES.values())]


SIZE = sum(int(np.prod(shape)) for shape in SHAPES.values())


# The path of the peer's code: load_directions, then the tensors by their numbers, times a step.
def check_directions(path):
    with h5py.File(path, "r") as f:
        axes = [f["xdirection"], f["ydirection"]] if "ydirection" in f else [f["xdirection"]]
        for k, axis in enumerate(axes):
            tensors = [axis[str(i)] for i in range(len(axis.keys()))]
            moved = [np.float64(0.5) * d[()] for d in tensors]
            for i, (part, name) in enumerate(zip(blocks_of(np.arange(SIZE) + 1000 * k), SHAPES)):
                assert tensors[i].shape == part.shape and tensors[i].dtype == np.float64
                assert tensors[i].attrs["name"] == name
                np.testing.assert_array_equal(moved[i], 0.5 * part)
            assert len(moved) == len(SHAPES)
        attributes = f["thalweg"].attrs
        assert attributes["kind"] == "directions" and attributes["dx"] == "random"
        x = np.arange(SIZE)
        assert abs(float(attributes["x_length"]) / np.linalg.norm(x) - 1) < 1e-14
        if len(axes) == 2:
            y = x + 1000.0
            cosine = x @ y / np.linalg.norm(x) / np.linalg.norm(y)
            assert abs(float(attributes["angle"]) - np.degrees(np.arccos(cosine))) < 1e-9
            np.testing.assert_array_equal(f["explained_variance_ratio_"][()], [0.75, 0.125])
            np.testing.assert_array_equal(f["singular_values_"][()], [3, 2])
            np.testing.assert_array_equal(f["explained_variance_"][()], [9, 4])


def make_directions(folder):
    parts = blocks_of(np.arange(SIZE))

    def write(name, x, y=None, more=()):
        with h5py.File(f"{folder}/{name}.h5", "w") as f:
            for group, tensors in [("xdirection", x), ("ydirection", y)]:
                if tensors is None:
                    continue
                f.create_group(group)
                for i, tensor in enumerate(tensors):
                    f[group].create_dataset(str(i), data=tensor, dtype="float32")
            for key, value in more:
                f[key] = value

    write("peer", parts, [part + 1000 for part in parts])
    write("line", parts)
    # running statistics and a batch counter after each normalisation
    buffers = [np.full(4, 7.0), np.full(4, 8.0), np.array(9.0)]
    write("states", parts[:4] + buffers + parts[4:])
    write("pca", parts, parts, [("explained_variance_ratio_", np.array([0.5, 0.25])),
                                ("singular_values_", np.array([2.0, 1.0]))])
    write("fewer", parts[:3])
    write("more", parts + parts)
    write("transposed", parts[:4] + [parts[4].T, parts[5]])
    write("swapped", [parts[k] for k in [4, 1, 2, 3, 0, 5]])
    nan = [part.copy() for part in parts]
    nan[4][1, 2] = np.nan
    write("nan", nan)
    write("nan_y", parts, nan)
    write("short_y", parts, parts[:2])
    write("empty", [])
    write("empty_y", parts, [])
    write("counter", parts, None, [("xdirection/a", parts[0])])
    write("gap", parts)
    with h5py.File(folder + "/gap.h5", "a") as f:
        f.move("xdirection/3", "xdirection/6")
    with h5py.File(folder + "/set.h5", "w") as f:
        f["xdirection"] = np.zeros(SIZE)
    with h5py.File(folder + "/text.h5", "w") as f:
        f["xdirection/0"] = "text"
    with h5py.File(folder + "/group.h5", "w") as f:
        f.create_group("xdirection/0")
    with h5py.File(folder + "/linked.h5", "w") as f:
        f["xdirection"] = h5py.ExternalLink("peer.h5", "/xdirection")
    with h5py.File(folder + "/linked0.h5", "w") as f:
        f["xdirection/0"] = h5py.ExternalLink("peer.h5", "/xdirection/0")
    with h5py.File(folder + "/none.h5", "w") as f:
        f["weights/W"] = np.zeros(3)
    names = list(SHAPES)
    with h5py.File(folder + "/named.h5", "w") as f:
        for i, part in enumerate(parts):
            f[f"xdirection/{i}"] = part
            f[f"xdirection/{i}"].attrs["name"] = names[i] if i != 4 else "head.weight"
    np.savez(folder + "/good.npz", **{"xdirection/" + n: p for n, p in zip(names, parts)})
    np.savez(folder + "/bad.npz", **{"xdirection/" + n: p for n, p in zip(names[1:], parts[1:])})
    np.savez(folder + "/other.npz", **{"direction/W": parts[0]})


def make_fuzz_directions(folder):
    """Of the small space of fuzz_results.c and test_damage.c."""
    parts = {"W": np.arange(6.0).reshape(2, 3), "b": np.arange(3.0)}
    with h5py.File(folder + "/small.h5", "w") as f:
        for group in ["xdirection", "ydirection"]:
            for i, (name, part) in enumerate(parts.items()):
                f[f"{group}/{i}"] = part.astype("f4")
                f[f"{group}/{i}"].attrs["name"] = name
        f["explained_variance_ratio_"] = [0.5, 0.25]
        f.create_group("thalweg").attrs["kind"] = "directions"
    np.savez(folder + "/small.npz", **{"xdirection/" + name: part for name, part in parts.items()})


# Every rule of the published code and of landscape.h, written with whole arrays.
def normalized(norm, ignore, peer, weights, directions):
    out = []
    kept = [w for w in weights if w.ndim > 1 or not ignore]
    zeroed = [d * (d.ndim > 1 or not ignore) for d in directions]
    length = lambda tensors: np.sqrt(sum((t ** 2).sum() for t in tensors))
    for w, d in zip(weights, zeroed):
        if d.ndim <= 1 and ignore:
            out.append(np.zeros_like(d))
            continue
        if d.ndim <= 1 and peer:
            out.append(w.copy())
            continue
        # rows are filters; a bias is one row
        rows = (len(d), -1) if d.ndim > 1 else (1, -1)
        d2, w2 = d.reshape(rows), w.reshape(rows)
        norms = lambda a: np.linalg.norm(a, axis=1, keepdims=True)
        if norm == "filter":
            d2 = d2 * (norms(w2) / (norms(d2) + 1e-10))
        elif norm == "layer":
            d2 = d2 * (np.linalg.norm(w2) / np.linalg.norm(d2))
        elif norm == "weight":
            d2 = d2 * w2
        elif norm == "dfilter":
            d2 = d2 / (norms(d2) + 1e-10)
        elif norm == "dlayer":
            d2 = d2 / np.linalg.norm(d2)
        elif norm == "model":
            d2 = d2 * (length(kept) / length(zeroed))
        out.append(d2.reshape(d.shape))
    return np.concatenate([part.ravel() for part in out])


def make_normalized(folder):
    rng = np.random.default_rng(12)
    w, d = rng.normal(size=SIZE) * np.linspace(0.01, 3, SIZE), rng.normal(size=SIZE)
    raw(f"{folder}/w.raw", w)
    raw(f"{folder}/d.raw", d)
    for norm in ["none", "filter", "layer", "weight", "dfilter", "dlayer", "model"]:
        for ignore in [0, 1]:
            for peer in [0, 1]:
                result = normalized(norm, ignore, peer, blocks_of(w), blocks_of(d))
                raw(f"{folder}/{norm}-{ignore}-{peer}.raw", result)


def make_resnet(paths):
    """The peer's directions of a real network, and the parameters that they were made for."""
    checkpoint, directions, target = paths.split(":")
    import collections
    import pickle

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            if name == "OrderedDict":
                return collections.OrderedDict
            return lambda *arguments: arguments

        def persistent_load(self, pid):
            return pid[2]  # the key of a storage

    with open(checkpoint, "rb") as f:
        for _ in range(3):
            Reader(f).load()
        state = Reader(f).load()["state_dict"]
        storages = {}
        for key in Reader(f).load():
            (count,) = np.fromfile(f, np.int64, 1)
            storages[key] = np.fromfile(f, np.float32, count) if count else None
    weights = [storages[v[0]][v[1]:v[1] + int(np.prod(v[2]))].reshape(v[2])
               for k, v in state.items() if "running" not in k and "tracked" not in k]
    with h5py.File(directions, "r") as f:
        axes = [[f[group][str(i)][()] for i in range(len(weights))]
                for group in ["xdirection", "ydirection"]]
    with open(target + "/shapes", "w") as f:
        for w in weights:
            f.write(" ".join(map(str, [w.ndim, *w.shape])) + "\n")
    for name, tensors in [("w", weights), ("x", axes[0]), ("y", axes[1])]:
        raw(f"{target}/resnet-{name}.raw", np.concatenate([t.ravel() for t in tensors]))


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
        f["dir_file"] = "some/direction.h5"
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
    # what meshgrid(x, y, indexing="ij") gives; the peer's such files have dir_file
    write("transposed", xcoordinates=x, ycoordinates=np.arange(3.0), train_loss=z.T)
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


# A spectrum of six numbers, blocks W (2, 2) and b (2), as docs/files.md says.
def spectrum(path):
    with h5py.File(path, "w") as f:
        for group, values in [("largest", [3.0, 2.0]), ("smallest", [-2.0])]:
            f[group + "/value"], f[group + "/residual"] = values, np.full(len(values), 1e-9)
            for k in range(len(values)):
                f[f"{group}/{k + 1}/0"] = np.full((2, 2), k + 0.5)
                f[f"{group}/{k + 1}/1"] = np.full(2, -0.5)
                f[f"{group}/{k + 1}/0"].attrs["name"], f[f"{group}/{k + 1}/1"].attrs["name"] = "W", "b"
        f["xdirection"], f["ydirection"] = f["largest/1"], f["smallest/1"]
        f["eigenvalues"] = np.array([3, 2, 1, 0, -1, -2.0])
        f["trace/names"] = np.array([b"W", b"b"])
        f["trace/blocks"] = np.array([[2, 0.5], [1, 0.25]])
        f["density/nodes"] = np.array([[-2, 0, 3.0], [-1.9, 2, 0]])
        f["density/weights"] = np.array([[0.25, 0.5, 0.25], [0.5, 0.5, 0]])
        f["density/counts"] = np.array([3, 2], np.uint64)
        for name, value in {"curvature/complete": 1, "curvature/parameters": 6, "curvature/dimension": 6,
                            "curvature/matrix": 0, "curvature/source": 0, "curvature/norm": 0, "curvature/products": 20,
                            "pairs/largest_asked": 2, "pairs/smallest_asked": 1, "pairs/stop": 0, "trace/trace": 3,
                            "trace/standard_error": 0.6, "trace/frobenius": 4.4, "density/dimension": 6,
                            "density/trace": 3, "density/squares": 19}.items():
            f[name] = float(value)
        f.create_group("thalweg").attrs["kind"] = "spectrum"


def make_spectra(folder):
    spectrum(folder + "/spectrum.h5")
    with h5py.File(folder + "/state.h5", "w") as f:
        f["descent/work"], f["descent/search.counters"] = [12.0], np.arange(24.0)
        f["descent/search.basis"], f["descent/search.values"] = np.ones(12), [3.0, np.nan]
        f.create_group("thalweg").attrs["kind"] = "spectrum state"


# One fault a file; test_spectrum_file.c has what is said of each.
SPECTRUM_FAULTS = {
    "other_kind": lambda f: f["thalweg"].attrs.__setitem__("kind", "surface"),
    "no_kind": lambda f: f.__delitem__("thalweg"),
    "no_residual": lambda f: f.__delitem__("largest/residual"),
    "value_is_text": lambda f: again(f, "largest/value", np.array([b"3", b"2"])),
    "value_is_group": lambda f: (f.__delitem__("largest/value"), f.create_group("largest/value")),
    "pairs_are_numbers": lambda f: again(f, "largest", np.zeros(3)),
    "value_is_matrix": lambda f: again(f, "largest/value", [[3.0, 2.0]]),
    "value_is_empty": lambda f: again(f, "largest/value", np.zeros(0)),
    "value_is_null": lambda f: again(f, "largest/value", h5py.Empty("f8")),
    "value_is_nan": lambda f: f["largest/value"].__setitem__(1, np.nan),
    "residuals_are_few": lambda f: again(f, "largest/residual", [1e-9]),
    "residual_is_nan": lambda f: f["largest/residual"].__setitem__(1, np.nan),
    "residual_is_negative": lambda f: f["smallest/residual"].__setitem__(0, -1e-9),
    "no_dimension_known": lambda f: again(f, "curvature/dimension", [6.0, 6.0]),
    "parameters_are_negative": lambda f: again(f, "curvature/parameters", -1.0),
    "parameters_are_too_many": lambda f: again(f, "curvature/parameters", 1e30),
    "matrix_is_unknown": lambda f: again(f, "curvature/matrix", 7.0),
    "stop_is_nan": lambda f: again(f, "pairs/stop", np.nan),
    "complete_is_half": lambda f: again(f, "curvature/complete", 0.5),
    "complete_is_seven": lambda f: again(f, "curvature/complete", 7.0),
    "trace_is_nan": lambda f: again(f, "trace/trace", np.nan),
    "eigenvalue_is_infinite": lambda f: f["eigenvalues"].__setitem__(0, np.inf),
    "eigenvalues_are_square": lambda f: again(f, "eigenvalues", np.zeros((2, 3))),
    "blocks_have_no_errors": lambda f: again(f, "trace/blocks", np.ones((2, 1))),
    "block_is_nan": lambda f: f["trace/blocks"].__setitem__((1, 0), np.nan),
    "block_error_is_negative": lambda f: f["trace/blocks"].__setitem__((0, 1), -1),
    "no_names": lambda f: f.__delitem__("trace/names"),
    "names_are_few": lambda f: again(f, "trace/names", np.array([b"W"])),
    "names_are_numbers": lambda f: again(f, "trace/names", np.zeros(2)),
    "no_weights": lambda f: f.__delitem__("density/weights"),
    "no_counts": lambda f: f.__delitem__("density/counts"),
    "no_nodes": lambda f: f.__delitem__("density/nodes"),
    "no_blocks": lambda f: f.__delitem__("trace/blocks"),
    "nodes_are_a_line": lambda f: again(f, "density/nodes", np.zeros(6)),
    "weights_are_turned": lambda f: again(f, "density/weights", np.full((3, 2), 0.3)),
    "weights_are_many": lambda f: again(f, "density/weights", np.full((2, 4), 0.3)),
    "weight_is_negative": lambda f: f["density/weights"].__setitem__((0, 0), -0.25),
    "weight_is_two": lambda f: f["density/weights"].__setitem__((0, 0), 2),
    "node_is_nan": lambda f: f["density/nodes"].__setitem__((1, 1), np.nan),
    "count_is_zero": lambda f: f["density/counts"].__setitem__(1, 0),
    "count_is_too_large": lambda f: f["density/counts"].__setitem__(1, 4),
    "count_is_negative": lambda f: again(f, "density/counts", [3.0, -1.0]),
    "count_is_nan": lambda f: again(f, "density/counts", [3.0, np.nan]),
    "counts_are_few": lambda f: again(f, "density/counts", [3.0]),
    "no_eigenvalues_at_all": lambda f: again(f, "density/dimension", 0.0),
    "claims_much": lambda f: (f.__delitem__("density/nodes"), f.create_dataset("density/nodes", (1 << 30, 1 << 10), "f8",
                                                                              chunks=(64, 64))),
    "vector_is_nan": lambda f: f["largest/1/1"].__setitem__(1, np.nan),
    "vector_is_turned": lambda f: again(f, "largest/1/0", np.zeros((4, 1))),
    "tensor_is_missing": lambda f: f.__delitem__("largest/1/1"),
    "tensor_is_elsewhere": lambda f: f.move("largest/1/1", "largest/1/7"),
    "tensor_is_too_much": lambda f: f.__setitem__("largest/1/2", np.zeros(2)),
    "no_vector": lambda f: f.__delitem__("largest/1"),
}


def again(f, name, value):
    del f[name]
    f[name] = value


def make_bad_spectra(folder):
    for name, fault in SPECTRUM_FAULTS.items():
        spectrum(f"{folder}/{name}.h5")
        with h5py.File(f"{folder}/{name}.h5", "r+") as f:
            fault(f)


def content(verb, path):
    try:
        globals()[verb](path)
    except Exception:
        traceback.print_exc()
        return b"n"
    return b"y"


if __name__ == "__main__" and len(sys.argv) == 3:
    globals()[sys.argv[1]](sys.argv[2])
elif __name__ == "__main__":
    answers = os.dup(1)
    os.dup2(2, 1)  # what a verb prints is no answer
    for line in sys.stdin:
        os.write(answers, content(*line.rstrip("\n").split(" ", 1)))
