"""Surfaces, in our forms and as the peer has them."""
import h5py
import numpy as np

from outside_arrays import raw


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


def make_reference(path):
    """The peer's own surface, beside PATH, as raw arrays."""
    source, target = path.split(":")
    with h5py.File(source, "r") as f:
        for name in ["xcoordinates", "ycoordinates", "train_loss", "train_acc"]:
            raw(f"{target}/{name}.raw", f[name][()])
