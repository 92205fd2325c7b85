"""make_networks.py FOLDER: small ONNX files, written byte by byte in protobuf's wire format, so that no package is needed.

conv.onnx is a network for 3 x 32 x 32 images and 10 classes, with batch normalisation; conv.npz and other.npz are weights for it.
The others have what a network for a loss should not have; their names say what."""
import random, struct, sys, zipfile, io, os

FLOAT, INT64 = 1, 7


def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def number(field, n):
    return varint(field << 3) + varint(n)


def part(field, content):
    if isinstance(content, str):
        content = content.encode()
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, dims, values, kind=FLOAT):
    code = "<%df" if kind == FLOAT else "<%dq"
    return (b"".join(number(1, d) for d in dims) + number(2, kind) + part(8, name)
            + part(9, struct.pack(code % len(values), *values)))


def attribute(name, value):
    if isinstance(value, list):
        return part(5, part(1, name) + b"".join(number(8, v) for v in value) + number(20, 7))
    if isinstance(value, bytes):
        return part(5, part(1, name) + part(5, value) + number(20, 4))
    return part(5, part(1, name) + number(3, value) + number(20, 2))


def node(op, inputs, outputs, **attributes):
    return (b"".join(part(1, i) for i in inputs.split()) + b"".join(part(2, o) for o in outputs.split()) + part(3, outputs.split()[0])
            + part(4, op) + b"".join(attribute(k, v) for k, v in attributes.items()))


def value(name, dims, kind=FLOAT):
    axes = b"".join(part(1, part(2, d) if isinstance(d, str) else number(1, d)) for d in dims)
    return part(1, name) + part(2, part(1, number(1, kind) + part(2, axes)))


def model(nodes, inputs, outputs, tensors=(), opset=13):
    graph = (b"".join(part(1, n) for n in nodes) + part(2, "g") + b"".join(part(5, t) for t in tensors)
             + b"".join(part(11, i) for i in inputs) + b"".join(part(12, o) for o in outputs))
    return number(1, 7) + part(2, "tests") + part(7, graph) + part(8, part(1, "") + number(2, opset))


def draws(seed, count, size):
    source = random.Random(seed)
    return [source.gauss(0, size) for _ in range(count)]


def npz(blocks):
    """blocks: name -> (shape, values)"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, (shape, values) in blocks.items():
            head = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }" % "".join("%d," % n for n in shape)
            head += " " * (-(len(head) + 11) % 64) + "\n"
            archive.writestr(name + ".npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode()
                             + struct.pack("<%dd" % len(values), *values))
    return out.getvalue()


SHAPES = {"conv.weight": (4, 3, 3, 3), "norm.weight": (4,), "norm.bias": (4,), "norm.mean": (4,), "norm.var": (4,),
          "fc.weight": (10, 64), "fc.bias": (10,)}


def count(shape):
    total = 1
    for n in shape:
        total *= n
    return total


def weights(seed):
    blocks = {name: (shape, draws(seed + i, count(shape), 0.3)) for i, (name, shape) in enumerate(SHAPES.items())}
    for name, base in (("norm.weight", 1), ("norm.var", 1)):
        blocks[name] = (blocks[name][0], [base + abs(v) for v in blocks[name][1]])
    return blocks


BODY = [node("Conv", "x conv.weight", "c", kernel_shape=[3, 3], strides=[4, 4], pads=[0, 0, 0, 0]),
        node("BatchNormalization", "c norm.weight norm.bias norm.mean norm.var", "n"), node("Relu", "n", "r"),
        node("AveragePool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]), node("Flatten", "p", "f"),
        node("Gemm", "f fc.weight fc.bias", "logits", transB=1)]


def floats(blocks):
    return [tensor(name, shape, values) for name, (shape, values) in blocks.items()]


def conv(**change):
    given = {"nodes": BODY, "inputs": [value("x", ["N", 3, 32, 32])], "outputs": [value("logits", ["N", 10])],
             "tensors": floats(weights(1))}
    given.update(change)
    return model(given["nodes"], given["inputs"], given["outputs"], given["tensors"])


def spoilt():
    """One number of a kernel of four axes is none."""
    blocks = weights(1)
    blocks["conv.weight"][1][29] = float("nan")
    return blocks


def with_nan():
    blocks = weights(1)
    blocks["fc.bias"][1][3] = float("nan")
    return floats(blocks)


def renamed(blocks):
    """The same network under names that say nothing."""
    own = {name: "onnx::p%d" % k for k, name in enumerate(blocks)}
    nodes = [node("Conv", "x onnx::p0", "c", kernel_shape=[3, 3], strides=[4, 4], pads=[0, 0, 0, 0]),
             node("BatchNormalization", "c onnx::p1 onnx::p2 onnx::p3 onnx::p4", "n")] + BODY[2:5] + [node("Gemm", "f onnx::p5 onnx::p6", "logits", transB=1)]
    return conv(nodes=nodes, tensors=[tensor(own[name], shape, values) for name, (shape, values) in blocks.items()])


def turned(blocks):
    """The last matrix is (in, out)."""
    shape, values = blocks["fc.weight"]
    blocks = dict(blocks, **{"fc.weight": (shape[::-1], transposed(shape, values))})
    return conv(nodes=BODY[:-1] + [node("Gemm", "f fc.weight fc.bias", "logits", transB=0)], tensors=floats(blocks))


def transposed(shape, values):
    return [values[j * shape[1] + i] for i in range(shape[1]) for j in range(shape[0])]


def square(seed, turns):
    """A square matrix, (out, in) or (in, out), before the last one."""
    values = draws(seed, 9, 1)
    return model([node("GlobalAveragePool", "x", "p"), node("Flatten", "p", "f"), node("Gemm", "f a.weight", "g", transB=1 - turns),
                  node("Tanh", "g", "h"), node("Gemm", "h b.weight", "y", transB=1)],
                 [value("x", ["N", 3, 32, 32])], [value("y", ["N", 10])],
                 [tensor("a.weight", [3, 3], transposed((3, 3), values) if turns else values), tensor("b.weight", [10, 3], draws(seed + 1, 30, 1))])


def files():
    yield "other.onnx", conv(tensors=floats(weights(100)))
    yield "third.onnx", conv(tensors=floats(weights(200)))
    yield "renamed.onnx", renamed(weights(100))
    yield "turned.onnx", turned(weights(100))
    yield "square.onnx", square(7, 0)
    yield "square-turned.onnx", square(7, 1)
    yield "square-other.onnx", square(70, 0)
    yield "conv.onnx", conv()
    yield "conv.npz", npz(weights(1))
    yield "bad.npz", npz(spoilt())
    yield "other.npz", npz(weights(100))
    yield "strange.npz", npz({"a": ((2, 2), [1, 2, 3, 4]), "b": ((3,), [1, 2, 3])})
    yield "nan.onnx", conv(tensors=with_nan())
    yield "grey.onnx", model([node("Flatten", "x", "f"), node("Gemm", "f w", "y", transB=1)],
                             [value("x", ["N", 1, 28, 28])], [value("y", ["N", 10])],
                             [tensor("w", [10, 784], draws(5, 7840, 0.1))])
    yield "three.onnx", conv(nodes=BODY[:-1] + [node("Gemm", "f w", "logits", transB=1)], outputs=[value("logits", ["N", 3])],
                             tensors=floats(weights(1))[:5] + [tensor("w", [3, 64], draws(5, 192, 0.1))])
    yield "untrained.onnx", model([node("GlobalAveragePool", "x", "p"), node("Flatten", "p", "y")],
                                  [value("x", ["N", 3, 32, 32])], [value("y", ["N", 3])])
    yield "integers.onnx", conv(nodes=BODY + [node("ArgMax", "logits", "label", axis=1, keepdims=0)],
                                outputs=[value("label", ["N"], INT64)])
    yield "cast.onnx", conv(nodes=BODY + [node("Cast", "logits", "whole", to=INT64)], outputs=[value("whole", ["N", 10], INT64)])
    yield "two.onnx", conv(nodes=[node("Add", "a b", "x")] + BODY,
                           inputs=[value("a", ["N", 3, 32, 32]), value("b", ["N", 3, 32, 32])])
    yield "open.onnx", conv(inputs=[value("x", ["N", 3, "H", "W"])])
    yield "long-name.onnx", conv(nodes=[node("Identity", "n" * 500, "x")] + BODY, inputs=[value("n" * 500, ["N", 3, 32, 32])])
    yield "unsaid.onnx", conv(inputs=[part(1, "x") + part(2, part(1, number(1, FLOAT)))])
    yield "empty-batch.onnx", conv(inputs=[value("x", [0, 3, 32, 32])])
    yield "batch4.onnx", conv(inputs=[value("x", [4, 3, 32, 32])], outputs=[value("logits", [4, 10])])
    yield "whole-input.onnx", conv(nodes=[node("Cast", "i", "x", to=FLOAT)] + BODY, inputs=[value("i", ["N", 3, 32, 32], INT64)])
    yield "no-input.onnx", model([node("Identity", "w", "y")], [], [value("y", [1, 10])], [tensor("w", [1, 10], draws(5, 10, 1))])
    yield "no-output.onnx", conv(outputs=[])
    yield "unused-input.onnx", model([node("Gemm", "v w", "y", transB=1)], [value("x", ["N", 3, 32, 32])], [value("y", [1, 10])],
                                     [tensor("v", [1, 4], draws(5, 4, 1)), tensor("w", [10, 4], draws(6, 40, 1))])
    yield "scalar.onnx", conv(nodes=BODY + [node("ReduceMean", "logits", "m", keepdims=0)], outputs=[value("m", [])])
    yield "map.onnx", conv(nodes=BODY[:3], outputs=[value("r", ["N", 4, 8, 8])])
    # 24 MB a sample
    yield "huge.onnx", model([node("ReduceMean", "x", "m", axes=[2, 3], keepdims=0), node("Unsqueeze", "m", "u", axes=[2]),
                              node("Expand", "u s", "e"), node("Relu", "e", "y1"), node("ReduceMean", "y1", "y2", axes=[2], keepdims=0),
                              node("Gemm", "y2 w", "y", transB=1)],
                             [value("x", ["N", 3, 32, 32])], [value("y", ["N", 10])],
                             [tensor("s", [3], [1, 3, 1 << 21], INT64), tensor("w", [10, 3], draws(5, 30, 1))], 12)


if __name__ == "__main__":
    for name, content in files():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(content)
