"""Directions, their norms, and those of a real network."""
import h5py
import numpy as np

from outside_arrays import raw


# The space of test_directions_file.c.
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
