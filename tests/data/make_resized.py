"""make_resized.py DIRECTORY: images of one size in an .npz, and what Pillow makes of them, in the steps of torchvision's
Resize and CenterCrop. DIRECTORY/list.txt has a line for each: NAME COLOR HEIGHT WIDTH RESIZE CHANNELS, and
DIRECTORY/N.bin (N counts lines from 0) the bytes, one plane a channel."""
import os
import sys

import numpy as np
from PIL import Image

root = sys.argv[1]
rng = np.random.default_rng(3)
lines = []


def crop(image, height, width):
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    return image.crop((left, top, left + width, top + height))


def resized(image, height, width, shorter):
    h, w = image.height, image.width
    a, b = (shorter, shorter) if shorter else (height, width)
    if a * w >= b * h:
        b = int(a * w / h)
    else:
        a = int(b * h / w)
    return crop(image.resize((b, a), Image.BILINEAR), height, width)


def case(name, images, color, height, width, shorter):
    mode = {"as-is": None, "rgb": "RGB", "grey": "L"}[color]
    out = []
    for pixels in images:
        image = Image.fromarray(pixels)
        image = image.convert(mode) if mode else image
        made = np.asarray(resized(image, height, width, shorter) if height else image)
        out.append(made.transpose(2, 0, 1) if made.ndim == 3 else made[None])
    np.stack(out).tofile(os.path.join(root, f"{len(lines)}.bin"))
    lines.append(f"{name} {color} {height} {width} {shorter} {out[0].shape[0]}\n")


for name, shape in {"colour": (4, 37, 53, 3), "grey": (3, 32, 32), "tall": (2, 301, 64, 3)}.items():
    images = rng.integers(0, 256, shape, dtype=np.uint8)
    images[-1] = images[-1] // 128 * 255
    np.savez(os.path.join(root, name + ".npz"), X=images, y=np.arange(len(images)) % 2)
    for color in ["as-is", "rgb", "grey"]:
        for size in [(0, 0, 0), (20, 20, 0), (64, 64, 0), (37, 20, 0), (15, 60, 0), (32, 32, 40), (20, 20, 20)]:
            case(name + ".npz", images, color, *size)
open(os.path.join(root, "list.txt"), "w").writelines(lines)
