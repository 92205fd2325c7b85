"""make_images.py DIRECTORY: PNG files of every colour type and depth, made here sample by sample, and JPEG files by
Pillow. DIRECTORY/list.txt has a line for each that is read: NAME CHANNELS HEIGHT WIDTH, and DIRECTORY/N.bin (N counts
lines from 0) its bytes, channels side by side; DIRECTORY/refused.txt one for each that is not: NAME WORDS."""
import io
import os
import re
import sys

import numpy as np

from png_writer import png

try:
    from PIL import Image
except ImportError:
    Image = None

root = sys.argv[1]
rng = np.random.default_rng(5)
lines, refused = [], []


def path(name):
    full = os.path.join(root, name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data)


def expect(name, pixels):
    pixels = np.asarray(pixels, np.uint8)
    pixels.tofile(path(f"{len(lines)}.bin"))
    shape = pixels.shape if pixels.ndim == 3 else pixels.shape + (1,)
    lines.append(f"{name} {shape[2]} {shape[0]} {shape[1]}\n")


# ---- PNG ----
def to_bytes(samples, depth):
    return samples >> 8 if depth == 16 else samples * (255 // (2**depth - 1))


kinds = {"grey": (0, 1, [1, 2, 4, 8, 16]), "rgb": (2, 3, [8, 16]), "palette": (3, 1, [1, 2, 4, 8]),
         "grey-alpha": (4, 2, [8, 16]), "rgba": (6, 4, [8, 16])}
for kind, (color, channels, depths) in kinds.items():
    for depth in depths:
        for interlaced in 0, 1:
            for shape in [(1, 1), (5, 3), (13, 21)]:
                samples = rng.integers(0, 2**depth, shape + (channels,))
                palette = rng.integers(0, 256, (2**depth, 3)) if color == 3 else None
                through = {0: b"\0\1", 2: b"\0\1\0\1\0\1", 3: bytes([0, 128])}.get(color)
                name = f"png/{kind}-{depth}-{interlaced}-{shape[0]}.png"
                write(name, png(samples, color, depth, interlaced, palette, through))
                if color == 3:
                    expect(name, palette[samples[..., 0]])
                else:
                    seen = samples[..., :1] if channels < 3 else samples[..., :3]
                    expect(name, to_bytes(seen, depth))

grey = rng.integers(0, 256, (8, 8, 1))
good = png(grey, 0, 8)
write("png/capital.PNG", good)
expect("png/capital.PNG", grey)
write("png/is-png.jpg", good)
expect("png/is-png.jpg", grey)
bad = {
    "huge.png": (png(grey, 0, 8, sized=(2**31 - 1, 2**31 - 1)), "no whole PNG"),
    "many.png": (png(grey, 0, 8, sized=(100000, 100000)), "no more than 134217728 are read"),
    "larger.png": (png(grey, 0, 8, sized=(10000, 10000)), "more than its 1[0-9][0-9] bytes can hold"),
    "taller.png": (png(grey, 0, 8, sized=(9, 8)), "no whole PNG"),
    "none.png": (png(grey, 0, 8, sized=(0, 8)), "no whole PNG"),
    "depth.png": (good[:24] + b"\3" + good[25:], "no whole PNG"),
    "no-palette.png": (png(grey % 4, 3, 8), "no whole PNG"),
    "crc.png": (good[:-20] + b"\0\0\0\0" + good[-16:], "no whole PNG"),
    "empty.png": (b"", "neither a PNG nor a JPEG"),
    "text.jpg": (b"not an image", "neither a PNG nor a JPEG"),
    "gif.png": (b"GIF89a" + bytes(30), "neither a PNG nor a JPEG"),
    "head.jpg": (b"\xff\xd8\xff\xd9", "no whole JPEG"),
}

# ---- JPEG ----
def jpeg(pixels, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **options)
    return out.getvalue()


if Image:
    smooth = np.clip(np.cumsum(rng.normal(0, 9, (45, 67, 3)), 1) + 128, 0, 255).astype(np.uint8)
    exif = Image.Exif()
    exif[0x112] = 6  # to be turned by 90 degrees
    for name, pixels, options in [
        ("rgb", smooth, {}), ("progressive", smooth, {"progressive": True}), ("full", smooth, {"subsampling": 0, "quality": 98}),
        ("quarter", smooth, {"subsampling": 2, "quality": 20}), ("half", smooth, {"subsampling": 1}),
        ("turned", smooth, {"exif": exif}), ("tiny", smooth[:1, :1], {}), ("grey", smooth[..., 0], {}),
        ("grey-progressive", smooth[..., 1], {"progressive": True}), ("optimized", smooth, {"optimize": True}),
    ]:
        data = jpeg(pixels, **options)
        write(f"jpeg/{name}.jpeg", data)
        expect(f"jpeg/{name}.jpeg", np.asarray(Image.open(io.BytesIO(data))))
    data = jpeg(smooth)
    frame = data.index(b"\xff\xc0")
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (9, 9, 4), dtype=np.uint8), "CMYK").save(out, "JPEG")
    scans = jpeg(smooth[..., 0], progressive=True)
    first = scans.index(b"\xff\xda")
    then = first + 2 + re.search(b"\xff[^\0]", scans[first + 2:]).start()
    bad.update({
        "cmyk.jpg": (out.getvalue(), "JPEG image in CMYK, for printing; convert it to RGB"),
        "huge.jpg": (data[:frame + 5] + b"\xff\xdc\xff\xdc" + data[frame + 9:], "no more than 134217728"),
        "larger.jpg": (data[:frame + 5] + b"\x20\x00\x20\x00" + data[frame + 9:], "bytes can hold"),
        "taller.jpg": (data[:frame + 5] + b"\x00\x60" + data[frame + 7:], "no whole JPEG"),
        "none.jpg": (data[:frame + 5] + b"\x00\x00\x00\x00" + data[frame + 9:], "no whole JPEG"),
        "scans.jpg": (scans[:then] + scans[first:then] * 600 + scans[then:], "more than 500 scans"),
    })
for name, (data, words) in bad.items():
    write(f"bad/{name}", data)
    refused.append(f"bad/{name} {words}\n")
open(path("list.txt"), "w").writelines(lines)
open(path("refused.txt"), "w").writelines(refused)
