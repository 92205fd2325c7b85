"""make_checkpoints.py make FOLDER: small checkpoints as PyTorch, safetensors and Keras write them, with
NumPy and h5py alone. PyTorch's pickles name classes by their modules: here they are stand-ins of the
same names, which is all that a pickle holds of them.
make_checkpoints.py check FILE.safetensors: looks at what test_weights_checkpoint.c wrote."""
import collections
import io
import json
import os
import pickle
import struct
import sys
import types
import zipfile

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

folder = sys.argv[2]


def stand_in(module, name, value):
    parts = module.split(".")
    for k in range(len(parts)):
        sys.modules.setdefault(".".join(parts[: k + 1]), types.ModuleType(".".join(parts[: k + 1])))
    value.__module__, value.__qualname__, value.__name__ = module, name, name
    setattr(sys.modules[module], name, value)
    return value


def function(module, name):
    return stand_in(module, name, lambda *arguments: None)


def klass(module, name):
    return stand_in(module, name, type(name, (), {}))


rebuild = function("torch._utils", "_rebuild_tensor_v2")
rebuild_typed = function("torch._utils", "_rebuild_tensor_v3")
rebuild_parameter = function("torch._utils", "_rebuild_parameter")
rebuild_sparse = function("torch._utils", "_rebuild_sparse_tensor")
STORAGES = {n: klass("torch", n + "Storage") for n in
            ["Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool", "ComplexFloat"]}
untyped = klass("torch.storage", "UntypedStorage")
float8 = klass("torch", "float8_e4m3fn")
Net = klass("mymodels.small", "Net")
KINDS = {"f4": "Float", "f8": "Double", "f2": "Half", "i8": "Long", "i4": "Int", "i2": "Short", "i1": "Char",
         "u1": "Byte", "b1": "Bool", "c8": "ComplexFloat"}


class Storage:
    def __init__(self, array, kind=None):
        self.bytes, self.count = array.tobytes(), array.size
        self.kind = STORAGES[kind or KINDS[array.dtype.str[1:]]]
        self.width = array.dtype.itemsize


class Tensor:
    """A view of a storage; shape and strides default to all of it."""

    def __init__(self, array, storage=None, first=0, shape=None, strides=None, make=rebuild):
        array = np.asarray(array)
        self.storage = storage or Storage(array)
        self.first, self.shape = first, tuple(array.shape if shape is None else shape)
        rows = [1] * len(self.shape)
        for k in range(len(rows) - 2, -1, -1):
            rows[k] = rows[k + 1] * self.shape[k + 1]
        self.strides, self.make = tuple(rows if strides is None else strides), make

    def __reduce__(self):
        return self.make, (self.storage, self.first, self.shape, self.strides, False, collections.OrderedDict())


class Parameter(Tensor):
    def __reduce__(self):
        return rebuild_parameter, (Tensor(0, self.storage, self.first, self.shape, self.strides), True,
                                   collections.OrderedDict())


class Float8:
    def __init__(self, storage):
        self.storage = storage

    def __reduce__(self):
        return rebuild_typed, (self.storage, 0, (2,), (1,), False, collections.OrderedDict(), float8)


class Call:
    def __init__(self, module, name, *arguments):
        self.what = function(module, name) if module not in ("builtins", "posix") else getattr(__import__(module), name)
        self.arguments = arguments

    def __reduce__(self):
        return self.what, self.arguments


def pickled(value, protocol, legacy):
    keys, storages, classes = {}, [], []

    class Pickler(pickle.Pickler):
        def persistent_id(self, what):
            if isinstance(what, Storage):
                if id(what) not in keys:
                    keys[id(what)] = str(len(keys))
                    storages.append(what)
                return ("storage", what.kind, keys[id(what)], "cpu", what.count) + ((None,) if legacy else ())
            if legacy and what is Net and not classes:
                classes.append(what)
                return ("module", Net, "small.py", "class Net: ...")
            return None

    out = io.BytesIO()
    Pickler(out, protocol).dump(value)
    return out.getvalue(), storages


def save_zip(name, value, protocol=2, method=zipfile.ZIP_STORED, records=(), swap=False):
    data, storages = pickled(value, protocol, False)
    with zipfile.ZipFile(os.path.join(folder, name), "w", method) as z:
        z.writestr("archive/data.pkl", data)
        for key, storage in enumerate(storages):
            b = storage.bytes
            if swap:
                b = np.frombuffer(b, f"u{storage.width}").byteswap().tobytes()
            z.writestr(f"archive/data/{key}", b)
        for key, text in records:
            z.writestr("archive/" + key, text)
        z.writestr("archive/version", "3\n")


def save_legacy(name, value):
    data, storages = pickled(value, 2, True)
    with open(os.path.join(folder, name), "wb") as f:
        for head in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}):
            f.write(pickle.dumps(head, 2))
        f.write(data + pickle.dumps([str(k) for k in range(len(storages))], 2))
        for storage in storages:
            f.write(struct.pack("<q", storage.count) + storage.bytes)


def save_safetensors(name, items, raw=None, length=None, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for key, (kind, array) in items.items():
        b = np.asarray(array).tobytes()
        header[key] = {"dtype": kind, "shape": list(np.shape(array)), "data_offsets": [len(data), len(data) + len(b)]}
        data += b
    text = (json.dumps(header) if raw is None else raw).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(struct.pack("<Q", len(text) if length is None else length) + text + data)


# What test_weights_checkpoint.c expects.
WEIGHT = np.arange(6, dtype="f4").reshape(3, 2) / 4 - 0.5
BIAS = np.array([-1, 0.5, 2], "f4")
MEAN = np.array([0.25, 1e-3, 3], "f4")


def weights(prefix="", make=Tensor):
    return collections.OrderedDict(
        [(prefix + "fc1.weight", make(WEIGHT)), (prefix + "fc1.bias", make(BIAS)),
         (prefix + "bn.running_mean", Tensor(MEAN)), (prefix + "bn.num_batches_tracked", Tensor(np.array(7, "i8")))])


def optimizer():
    return {"state": {0: {"momentum_buffer": Tensor(WEIGHT * 0)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}


def module():
    net, fc, bn = Net(), Net(), Net()
    fc.__dict__ = {"training": True, "_parameters": {"weight": Parameter(WEIGHT), "bias": Parameter(BIAS)},
                   "_buffers": {}, "_modules": {}}
    bn.__dict__ = {"_parameters": {"weight": None},
                   "_buffers": {"running_mean": Tensor(MEAN), "num_batches_tracked": Tensor(np.array(7, "i8")),
                                "scratch": Tensor(BIAS)},
                   "_non_persistent_buffers_set": {"scratch"}, "_modules": {}}
    net.__dict__ = {"_parameters": {}, "_buffers": {}, "_modules": collections.OrderedDict(fc1=fc, bn=bn)}
    return net


def main():
    nested = {"epoch": 164, "best": np.float64(91.5), "state_dict": weights("module."), "optimizer": optimizer(),
              "seen": {1, 2}, "big": 1 << 100, "log": collections.defaultdict(list, a=[1.0])}
    save_zip("zip.pt", weights())
    save_zip("nested4.pt", nested, protocol=4)
    save_legacy("nested.th", nested)
    save_zip("parameters.pt", {"model": weights(make=Parameter)})
    save_zip("compiled.pt", {"model_state_dict": weights("_orig_mod.module.")})
    save_zip("lightning.ckpt", {"state_dict": weights("model."), "optimizer_states": [optimizer()]})
    save_zip("deflated.pt", weights(), method=zipfile.ZIP_DEFLATED)
    save_zip("big.pt", weights(), records=[("byteorder", "big")], swap=True)
    save_zip("module.pt", module())
    save_legacy("module.th", {"net": module(), "acc": 91.0})
    flat = np.concatenate([MEAN, WEIGHT.ravel(), BIAS])
    shared = Storage(flat)
    save_zip("shared.pt", {"fc1.weight": Tensor(0, shared, 3, (3, 2)), "fc1.bias": Tensor(0, shared, 9, (3,)),
                           "bn.running_mean": Tensor(0, shared, 0, (3,))})
    tied = {"fc1.weight": Tensor(0, shared, 3, (3, 2)), "fc1.bias": Tensor(0, shared, 9, (3,)),
            "bn.running_mean": Tensor(0, shared, 0, (3,))}
    save_zip("tied.pt", dict(tied, **{"fc2.weight": Tensor(0, shared, 3, (3, 2))}))
    save_zip("beside.pt", dict(tied, **{"fc2.weight": Tensor(0, shared, 4, (3, 2))}))
    turned = Storage(np.ascontiguousarray(WEIGHT.T))
    save_legacy("strides.th", {"fc1.weight": Tensor(0, turned, 0, (3, 2), (1, 3)), "fc1.bias": Tensor(BIAS),
                               "bn.running_mean": Tensor(MEAN)})
    linear = {"fc.weight": Tensor(np.arange(8, dtype="f4").reshape(2, 4)), "fc.bias": Tensor(np.array([8, 9], "f4"))}
    save_zip("linear.pt", linear)
    # each type: three numbers that all hold, 1, 0 and (where there is one) -2 or 2
    T = collections.OrderedDict()
    for kind in ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "b1"):
        T[kind] = Tensor(np.array([1, 0, 1 if kind == "b1" else 2 if kind == "u1" else -2]).astype(kind))
    T["bf16"] = Tensor(0, Storage(np.array([0x3F80, 0, 0xC000], "u2"), "BFloat16"), 0, (3,))
    T["c8"] = Tensor(np.array([1, 0], "c8"))
    T["f8e4"] = Float8(Storage(np.array([0x38, 0], "u1")))
    for t in (T["f8e4"],):
        t.storage.kind = untyped
    save_zip("types.pt", T)
    save_zip("types4.pt", T, protocol=4, method=zipfile.ZIP_DEFLATED)
    save_safetensors("good.safetensors", {"fc1.weight": ("F32", WEIGHT), "fc1.bias": ("F64", BIAS.astype("f8")),
                                          "bn.running_mean": ("F32", MEAN),
                                          "bn.num_batches_tracked": ("I64", np.array(7, "i8"))},
                     metadata={"format": "pt", "who": "\u00e9\U0001f600\n"})
    bad()
    keras()


def bad():
    w = weights()
    save_zip("missing.pt", {k: v for k, v in w.items() if k != "fc1.bias"})
    save_zip("extra.pt", {**w, "fc2.weight": Tensor(WEIGHT)})
    save_zip("shape.pt", {**w, "fc1.weight": Tensor(WEIGHT.T.copy())})
    save_zip("nan.pt", {**w, "fc1.bias": Tensor(BIAS * np.nan)})
    save_zip("system.pt", {**w, "x": Call("posix", "system", "true")})
    save_legacy("eval.th", {**w, "x": Call("builtins", "eval", "1")})
    save_zip("sparse.pt", {"fc1.weight": Tensor(WEIGHT, make=rebuild_sparse)})
    save_zip("nothing.pt", {"epoch": 3})
    save_zip("object.pt", Call("mymodels.small", "make"))
    one = Storage(np.arange(4, dtype="f4"))
    for name, first, shape, strides in [("past", 1, (4,), (1,)), ("huge", 0, (1 << 33, 1 << 33), (0, 0)),
                                        ("wide", 0, (1 << 30, 1 << 29), (0, 0)), ("minus", 0, (2,), (-1,)),
                                        ("axes", 0, (1,) * 9, (1,) * 9)]:
        save_zip(f"lie-{name}.pt", {"a": Tensor(0, one, first, shape, strides)})
    tree = {"a": Tensor(BIAS)}
    for _ in range(60):
        tree = {"l": tree, "r": tree}
    save_zip("ways.pt", tree)
    circle = {"state_dict": {}}
    circle["state_dict"]["state_dict"] = circle
    save_zip("circle.pt", circle)
    ring = {}
    ring["next"] = ring
    save_zip("ring.pt", ring)
    # many objects that share large attributes: small in the file, long to look through again and again
    large = {k: None for k in range(30000)}
    crowd = {}
    for k in range(30000):
        crowd[k] = Net()
        crowd[k].__dict__ = large
    save_zip("crowd.pt", crowd)
    buffers = {f"b{k}": None for k in range(20000)}
    net = Net()
    net.__dict__ = {"_parameters": {}, "_modules": {}, "_buffers": buffers,
                    "_non_persistent_buffers_set": set(f"c{k}" for k in range(20000))}
    save_zip("set.pt", net, protocol=4)
    with zipfile.ZipFile(os.path.join(folder, "bomb.pt"), "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("archive/data.pkl", pickled({"a": Tensor(0, one)}, 2, False)[0])
        z.writestr("archive/data/0", bytes(100 << 20))
    a = {"a": ("F32", np.array([1, 2], "f4"))}
    entry = '{"dtype":"%s","shape":%s,"data_offsets":%s}'
    for name, raw in {
        "overlap": '{"a":%s,"b":%s}' % (entry % ("F32", "[2]", "[0,8]"), entry % ("F32", "[1]", "[4,8]")),
        "hole": '{"a":%s}' % (entry % ("F32", "[1]", "[4,8]")),
        "past": '{"a":%s}' % (entry % ("F32", "[4]", "[0,16]")),
        "mismatch": '{"a":%s}' % (entry % ("F32", "[3]", "[0,8]")),
        "overflow": '{"a":%s}' % (entry % ("F32", "[4611686018427387904,4]", "[0,8]")),
        "twice": '{"a":%s,"a":%s}' % (entry % ("F32", "[1]", "[0,4]"), entry % ("F32", "[1]", "[4,8]")),
        "type": '{"a":%s}' % (entry % ("Q7", "[2]", "[0,8]")),
        "minus": '{"a":%s}' % (entry % ("F32", "[-2]", "[0,8]")),
        "json": '{"a":{"dtype":"F32"',
        "zero": '{"a\\u0000b":%s}' % (entry % ("F32", "[2]", "[0,8]")),
    }.items():
        save_safetensors(f"{name}.safetensors", a, raw=raw)
    save_safetensors("name.safetensors", {"module." * 20000 + "a": ("F32", np.array([1, 2], "f4"))})
    save_safetensors("length.safetensors", a, length=1 << 62)


def keras():
    kernel = np.arange(2 * 3 * 4 * 5, dtype="f4").reshape(2, 3, 4, 5)
    with h5py.File(os.path.join(folder, "keras2.h5"), "w") as f:
        f.attrs["layer_names"] = np.array([b"conv", b"dense", b"inner"])
        f["conv/conv/kernel:0"], f["conv/conv/bias:0"] = kernel, np.arange(5.0)
        f["dense/dense/kernel:0"] = WEIGHT.T
        f["inner/bn/gamma:0"], f["inner/bn/moving_variance:0"] = BIAS, MEAN
    with h5py.File(os.path.join(folder, "keras3.weights.h5"), "w") as f:
        f["layers/conv/vars/0"], f["layers/conv/vars/1"] = kernel, np.arange(5.0)
        f["layers/depthwise_conv2d/vars/0"] = kernel
        f["layers/inner/layers/bn/vars/0"], f["layers/inner/layers/bn/vars/1"] = BIAS, MEAN
        f["layers/inner/layers/bn/vars/2"], f["layers/inner/layers/bn/vars/3"] = MEAN, BIAS
        f["layers/embedding/vars/0"] = WEIGHT
        f["optimizer/vars/0"] = np.arange(3)
    with h5py.File(os.path.join(folder, "order.h5"), "w") as f:
        f.attrs["layer_names"] = np.array([b"b", b"a_10", b"a_9"])
        for name in "a_10", "a_9", "b":
            f[f"{name}/{name}/kernel:0"] = WEIGHT.T
    with h5py.File(os.path.join(folder, "numbers.weights.h5"), "w") as f:
        for name in "dense", "dense_1", "dense_2", "dense_10":
            f[f"layers/{name}/vars/0"] = WEIGHT.T
    weights = open(os.path.join(folder, "keras3.weights.h5"), "rb").read()
    for name, how, member in (("stored", zipfile.ZIP_STORED, weights), ("packed", zipfile.ZIP_DEFLATED, weights),
                              ("none", zipfile.ZIP_STORED, b"no HDF5"), ("cut", zipfile.ZIP_STORED, weights[:2000]),
                              ("bomb", zipfile.ZIP_DEFLATED, weights), ("own", zipfile.ZIP_STORED, own())):
        with zipfile.ZipFile(os.path.join(folder, name + ".keras"), "w", how) as f:
            f.writestr("metadata.json", '{"keras_version": "3.3.3"}')
            f.writestr("config.json", "{}")
            f.writestr("model.weights.h5", member)
            if name == "bomb":
                f.infolist()[-1].file_size = 1 << 31


def own():
    """An HDF5 file without layers."""
    path = os.path.join(folder, "own.h5")
    with h5py.File(path, "w") as f:
        f["x"] = np.arange(3)
    return open(path, "rb").read()


def check(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size].decode())
    words = header.pop("__metadata__")
    assert size % 8 == 0 and words["format"] == "pt" and words["seed"] == "7", words
    single = path.endswith("32.safetensors")
    end = 0
    for name, array in (("fc1.weight", WEIGHT), ("fc1.bias", BIAS), ("bn.running_mean", MEAN)):
        entry = header.pop(name)
        begin, end = end, entry["data_offsets"][1]
        assert entry["dtype"] == ("F32" if single else "F64") and entry["shape"] == list(array.shape), entry
        assert entry["data_offsets"][0] == begin
        found = np.frombuffer(data[8 + size + begin:8 + size + end], "<f4" if single else "<f8")
        wanted = array.ravel().astype("f8") + (0 if single else 2.0**-40)
        np.testing.assert_array_equal(found, wanted)
    assert not header and 8 + size + end == len(data)


if sys.argv[1] == "check":
    check(folder)
else:
    main()
