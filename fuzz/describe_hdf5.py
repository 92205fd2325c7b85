"""describe_hdf5.py: what an HDF5 file holds, in the words of fuzz/hdf5_stand_in.h."""
import struct

import h5py
import numpy


def number(value):
    return bytes([value]) if value < 255 else b"\xff" + struct.pack("<Q", value)


def name_of(text):
    text = text.encode()[:63]
    return bytes([len(text)]) + text


def type_of(kind):
    """class, bytes of an item, flags; and how its data are laid out"""
    text = h5py.check_string_dtype(kind)
    if text is not None:
        return bytes([3]) + number(text.length or 16) + bytes([text.length is None])
    return bytes([1 if kind.kind == "f" else 0 if kind.kind in "iu" else 6]) + number(kind.itemsize) + \
        bytes([2 * (kind.kind == "u")])


def data_of(item, kind):
    if item.size > 1 << 20:  # said to be there, not written
        return b"\0" * 8
    if h5py.check_string_dtype(kind) is not None:
        value = numpy.asarray(item[()]).ravel() if not isinstance(item[()], (bytes, str)) else [item[()]]
        return b"".join(v.encode() if isinstance(v, str) else bytes(v) for v in value)
    return numpy.asarray(item[()], "f8").tobytes() if kind.kind in "iuf" else b""


def attributes_of(thing):
    out = b""
    count = 0
    for key in list(thing.attrs)[:255]:
        value = thing.attrs[key]
        if isinstance(value, str):
            out += name_of(key) + bytes([3]) + number(16) + bytes([1, 0]) + number(len(value.encode())) + value.encode()
            count += 1
        elif key.startswith("layer_names"):  # of which it counts that it is there
            out += name_of(key) + bytes([3]) + number(16) + bytes([1, 0]) + number(0)
            count += 1
    return bytes([count]) + out


def node(name, thing):
    if isinstance(thing, h5py.Group):
        inside = b"".join(node(key, thing[key]) for key in thing)
        return b"G" + name_of(name) + attributes_of(thing) + inside + b"E"
    if not isinstance(thing, h5py.Dataset):
        return b"T" + name_of(name)
    shape = thing.shape or ()
    data = data_of(thing, thing.dtype) if thing.shape is not None else b""
    return b"D" + name_of(name) + attributes_of(thing) + type_of(thing.dtype) + \
        bytes([1 if thing.shape is not None else 5, len(shape)]) + b"".join(number(k) for k in shape) + \
        number(len(data)) + data


def describe(path):
    with h5py.File(path, "r") as file:
        return b"\0" + node("", file)
