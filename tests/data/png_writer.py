"""png_writer.py: PNG files sample by sample, of every colour type and depth, interlaced or not."""
import struct
import zlib

import numpy as np


def chunk(kind, data, crc=None):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def packed(samples, depth):
    """Rows of samples (height x width x channels) as bytes, with no filter."""
    out = b""
    for row in samples:
        if depth == 16:
            out += b"\0" + row.astype(">u2").tobytes()
        else:
            bits = np.unpackbits(row.reshape(-1, 1).astype(np.uint8), axis=1)[:, 8 - depth:]
            out += b"\0" + np.packbits(bits.reshape(-1)).tobytes()
    return out


def png(samples, color, depth, interlaced=0, palette=None, transparent=None, sized=None):
    height, width = sized or samples.shape[:2]
    data = b""
    if interlaced:
        for y, x, dy, dx in [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]:
            part = samples[y::dy, x::dx]
            data += packed(part, depth) if part.size else b""
    else:
        data = packed(samples, depth)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))
    out += chunk(b"gAMA", struct.pack(">I", 100000))
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if transparent is not None:
        out += chunk(b"tRNS", transparent)
    return out + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
