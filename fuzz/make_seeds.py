"""make_seeds.py CORPUS: small files to start from, one folder a fuzz target. Made anew each time, by
the program that makes the data tests' files, so that none has to be kept in the tree."""
import glob
import os
import struct
import subprocess
import sys
import tempfile

from describe_hdf5 import describe

corpus = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
sources = {
    "cifar_binary": ["bin10/data_batch_1.bin", "above/cifar-100-binary/t*.bin"],
    "csv": ["csv/*.csv"],
    "npz": ["npz/*.npz", "*.npz"],
    "pickle": ["py3/*", "py100/*", "py10/*/*"],
    "array": ["npz/*.npz", "npy/*.npy", "v*/*.npy"],
    "image": ["png/*-13.png", "jpeg/*", "bad/*"],
}
pairs = {
    "idx": [("idx/%s-images-idx3-ubyte", "idx/%s-labels-idx1-ubyte", ("train", "t10k")),
            ("idx.gz/%s-images-idx3-ubyte.gz", "idx.gz/%s-labels-idx1-ubyte.gz", ("train",)),
            ("idxtypes/%s-images-idx2", "idxtypes/%s-labels-idx1", ("int8", "int16", "float32", "float64"))],
    "npy": [("npy/x_%s.npy", "npy/y_%s.npy", ("train",)), ("pair/my_%s.npy", "pair/my_labels.npy", ("images",)),
            ("%s/X.npy", "%s/y.npy", ("v1", "v2", "v3"))],
}

with tempfile.TemporaryDirectory() as root:
    for program in ("make_sources", "make_labels", "make_images"):
        subprocess.run([sys.executable, os.path.join(here, f"../tests/data/{program}.py"), root], check=True)
    for name, text in {
        "pandas": ",p,q,label\n0,1,2,0\n1,3,4,1\n",
        "words": "a,species\n1,setosa\n2,virginica\n3,'x y'\n",
        "decimal": "label;a\n0;1,5\n1;-2,5e1\n",
        "comment": "# p,q,label\n1,2,0\n3,4,1\n",
        "spaces": " 0 1.5  2\n 1 3 4\n",
    }.items():
        open(os.path.join(root, "csv", name + ".csv"), "w").write(text)
    for target, patterns in sources.items():
        os.makedirs(os.path.join(corpus, target), exist_ok=True)
        for pattern in patterns:
            for path in glob.glob(os.path.join(root, pattern)):
                name = os.path.relpath(path, root).replace("/", "-")
                data = open(path, "rb").read()
                # the last byte is the choice of options, of images the last three, except for arrays
                with open(os.path.join(corpus, target, "seed-" + name), "wb") as f:
                    f.write(data + {"array": b"", "image": b"\x0a\x14\1"}.get(target, b"\0"))
    for target, forms in pairs.items():
        os.makedirs(os.path.join(corpus, target), exist_ok=True)
        for first, second, words in forms:
            for word in words:
                a = open(os.path.join(root, first.replace("%s", word)), "rb").read()
                b = open(os.path.join(root, second.replace("%s", word)), "rb").read()
                name = "seed-" + first.replace("%s", word).replace("/", "-")
                with open(os.path.join(corpus, target, name), "wb") as f:
                    f.write(struct.pack(">H", len(a)) + a + b)

# results: a table by hand, surfaces from the program that makes the file tests' files
os.makedirs(os.path.join(corpus, "table"), exist_ok=True)
with open(os.path.join(corpus, "table", "seed-steps.csv"), "w") as f:
    f.write("# thalweg steps\n# command: a: b\nstep,loss\n1e-5,2.5\n0x1p3,nan\n-inf,5e-324\n")
# a program's greeting and answers, in text and in binary
os.makedirs(os.path.join(corpus, "program"), exist_ok=True)
greeting = (b"thalweg 1\nname m\nsize 12\nmetrics loss accuracy\nblock W 5x2 weight\nblock b 2 bias\nnoise 1e-7\n"
            b"start\nbounds\ngradient\nbatch\nformat %s\nready\n")
for name, data in {
    "text": b"\x06" + greeting % b"text" + b"1.5 -2e-3\n0x1.8p1 inf\nerror no luck\nnan 5e-324\n",
    "binary": b"\x07" + greeting % b"binary" + b"ok\n" + struct.pack("<2d", 0.1, -1e300) + b"error no\n",
    "answers": b"\x00" + b"1\n0.1\n-inf\r\n",
}.items():
    with open(os.path.join(corpus, "program", "seed-" + name), "wb") as f:
        f.write(data)
for target, ending in [("surface", "h5"), ("archive", "npz")]:
    os.makedirs(os.path.join(corpus, target), exist_ok=True)
    for verb in ["make_surfaces", "make_surface_forms", "make_weights", "make_directions", "make_projections",
                 "make_fuzz_directions", "make_spectra", "make_bad_spectra"]:
        with tempfile.TemporaryDirectory() as root:
            subprocess.run([sys.executable, os.path.join(here, "../tests/file/outside.py"), verb, root], check=True)
            for path in glob.glob(os.path.join(root, "*." + ending)):
                name = "seed-%s-%s" % (verb, os.path.basename(path))
                with open(path, "rb") as f, open(os.path.join(corpus, target, name), "wb") as out:
                    out.write(describe(path) if target == "surface" else f.read())
# ONNX: the small conformance cases that the distribution has, and a function, where python3-onnx is there; the last
# byte is the choice of options
os.makedirs(os.path.join(corpus, "onnx"), exist_ok=True)
for path in glob.glob("/usr/share/libonnx-testdata/data/*/*/model.onnx"):
    if os.path.getsize(path) < 3000:
        with open(path, "rb") as f, open(os.path.join(corpus, "onnx", "seed-" + path.split("/")[-2]), "wb") as out:
            out.write(f.read() + b"\x18")
try:
    import onnx
    from onnx import helper
    inner = helper.make_node("LeakyRelu", ["a"], ["b"])
    inner.attribute.append(onnx.AttributeProto(name="alpha", type="FLOAT", ref_attr_name="slope"))
    function = helper.make_function("own", "f", ["a"], ["b"], [inner], [helper.make_opsetid("", 13)], ["slope"])
    x, y = (helper.make_tensor_value_info(name, 1, [None, 2]) for name in "xy")
    graph = helper.make_graph([helper.make_node("f", ["x"], ["h"], domain="own", slope=0.5),
                               helper.make_node("Gemm", ["h", "w", "c"], ["s"]), helper.make_node("Softmax", ["s"], ["y"])],
                              "g", [x], [y], [helper.make_tensor("w", 1, [2, 2], [1, 2, 3, 4]),
                                              helper.make_tensor("c", 1, [2], [1, 2])])
    model = helper.make_model(graph, functions=[function], opset_imports=[helper.make_opsetid("", 13),
                                                                          helper.make_opsetid("own", 1)])
    with open(os.path.join(corpus, "onnx", "seed-function"), "wb") as out:
        out.write(model.SerializeToString() + b"\0")
except ImportError:
    pass
# checkpoints, from the program that makes those of the tests
with tempfile.TemporaryDirectory() as root:
    subprocess.run([sys.executable, os.path.join(here, "../tests/format/make_checkpoints.py"), "make", root], check=True)
    for path in glob.glob(os.path.join(root, "*")):
        ending = path.rsplit(".", 1)[1]
        target = "safetensors" if ending == "safetensors" else "surface" if ending == "h5" else "torch"
        if os.path.getsize(path) > 20000:
            continue
        os.makedirs(os.path.join(corpus, target), exist_ok=True)
        with open(path, "rb") as f, open(os.path.join(corpus, target, "seed-" + os.path.basename(path)), "wb") as out:
            out.write(describe(path) if target == "surface" else f.read())
