"""make_folders.py DIRECTORY: folders of images by class. DIRECTORY/NAME.txt has the order in which NAME is read: a line
"LABEL VALUE" for each image, whose pixels are all VALUE, VALUE + 1, VALUE + 2; the classes take turns, and each has its
files as torchvision's make_dataset lists them (os.walk with links to folders left alone)."""
import os
import sys

import numpy as np

from png_writer import png

root = sys.argv[1]
values = iter(range(250))


def path(name):
    full = os.path.join(root, name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data)


def image(name, height=4, width=5, grey=False, value=None):
    value = next(values) if value is None else value
    pixels = np.empty((height, width, 1 if grey else 3), int)
    pixels[:] = np.arange(pixels.shape[2]) + value
    write(name, png(pixels, 0 if grey else 2, 8))


def order(name, folder, classes):
    listed = {}
    for label, word in enumerate(classes):
        for at, folders, names in sorted(os.walk(os.path.join(root, folder, word))):
            folders[:] = [f for f in folders if not f.startswith(".")]
            if "/." in at[len(root):]:
                continue
            for file in sorted(names):
                if file.lower().endswith((".png", ".jpg", ".jpeg")) and not file.startswith("."):
                    with open(os.path.join(at, file), "rb") as f:
                        listed.setdefault(label, []).append(first_value(f.read()))
    with open(os.path.join(root, name + ".txt"), "w") as f:
        for turn in range(max(map(len, listed.values()))):
            for label in sorted(listed):
                if turn < len(listed[label]):
                    f.write(f"{label} {listed[label][turn]}\n")


def first_value(data):
    import zlib
    at = data.index(b"IDAT")
    return zlib.decompress(data[at + 4:at + 4 + int.from_bytes(data[at - 4:at], "big")])[1]


# both splits, whose classes differ; capitals come before small letters, and "x-y" before "x/y"
for name in ["dog/10.png", "dog/9.png", "dog/a.PNG", "cat/z.png", "cat/x/1.jpeg", "cat/x-y.png", "cat/x/y/2.png",
             "cat/x-y/3.png", "Emu/1.JPG", "été/1.png", "cat/b.c.png"]:
    image(f"both/train/{name}")
for name in ["cat/1.png", "zebra/1.png", "zebra/2.png", "Emu/0.png"]:
    image(f"both/val/{name}")
for name in ["both/train/cat/.hidden.png", "both/train/cat/Thumbs.db", "both/train/.git/HEAD/1.png", "both/train/labels.txt",
             "both/train/dog/1.png.txt", "both/train/dog/.more/1.png"]:
    write(name, b"nothing")
path("both/train/none/")
os.symlink("..", path("both/train/dog/loop"))
os.symlink("../cat/z.png", path("both/train/dog/link.png"))
order("both-train", "both/train", ["Emu", "cat", "dog", "none", "zebra", "été"])
order("both-val", "both/val", ["Emu", "cat", "dog", "none", "zebra", "été"])

# one split; of a few grey images among the others, and of grey ones alone
for name, count in {"a": 3, "b": 2}.items():
    for k in range(count):
        image(f"mixed/{name}/{k}.png", grey=k == 1)
        image(f"allgrey/{name}/{k}.png", grey=True)
        image(f"sizes/{name}/{k}.png", height=4 + k, value=100 + k)
order("mixed", "mixed", "ab")
order("allgrey", "allgrey", "ab")

# many, one of which is broken
for k in range(60):
    image(f"many/{'ab'[k % 2]}/{k:02}.png", value=k)
order("many", "many", "ab")
for k in range(60):
    image(f"broken/{'ab'[k % 2]}/{k:02}.png", value=k)
write("broken/b/41.png", open(path("broken/b/41.png"), "rb").read()[:60])

# what is no such folder
image("flat/1.png", value=1)
image("competition/train/a/1.png", value=1)
image("competition/test/1.png", value=1)
image("pictures/a/1.png", value=1)
image("testing set/a/1.png", value=1)
write("pictures/cifar-10-batches-bin/test_batch.bin", b"\3" + bytes(3072))
path("empty/a/")
write("notimage/a/1.png", b"P6 1 1 255 abc")
