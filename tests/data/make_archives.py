"""make_archives.py DIRECTORY: archives to fetch, good and wicked; DIRECTORY/digests.txt has a line
NAME MD5 for each file."""
import hashlib
import io
import os
import sys
import tarfile

root = sys.argv[1]
os.makedirs(root, exist_ok=True)
records = b"".join(bytes([i % 10]) + bytes([i]) * 3072 for i in range(20))


def archive(name, entries, folder=True):
    """entries: (path, bytes) or (path, type, link target)."""
    with tarfile.open(os.path.join(root, name), "w:gz") as tar:
        if folder:
            info = tarfile.TarInfo("set")
            info.type = tarfile.DIRTYPE
            tar.addfile(info)
        for entry in entries:
            info = tarfile.TarInfo(entry[0])
            if len(entry) == 2:
                info.size = len(entry[1])
                tar.addfile(info, io.BytesIO(entry[1]))
            else:
                info.type, info.linkname = entry[1:]
                tar.addfile(info)


good = [("set/data_batch_%d.bin" % i, records) for i in range(1, 6)] + [("set/test_batch.bin", records)]
archive("good.tar.gz", good)
archive("dots.tar.gz", [("./" + path, data) for path, data in good], folder=False)
archive("up.tar.gz", [("../escaped", b"x")])
archive("up2.tar.gz", [("set/../../escaped", b"x")])
archive("absolute.tar.gz", [("/tmp/thalweg-escaped", b"x")])
archive("symlink.tar.gz", [("set/link", tarfile.SYMTYPE, "/etc"), ("set/link/x", b"x")])
archive("hardlink.tar.gz", [("set/link", tarfile.LNKTYPE, "/etc/passwd")])
archive("device.tar.gz", [("set/null", tarfile.CHRTYPE, "")])
archive("fifo.tar.gz", [("set/pipe", tarfile.FIFOTYPE, "")])
archive("twice.tar.gz", [("set/a", b"1"), ("set/a", b"2")])
archive("other.tar.gz", [("elsewhere/a", b"1")])
archive("none.tar.gz", [])
data = open(os.path.join(root, "good.tar.gz"), "rb").read()
open(os.path.join(root, "short.tar.gz"), "wb").write(data[: len(data) // 2])
open(os.path.join(root, "nonsense.tar.gz"), "wb").write(b"not an archive at all")
open(os.path.join(root, "a.gz"), "wb").write(os.urandom(100000))
open(os.path.join(root, "b.gz"), "wb").write(os.urandom(10))

with open(os.path.join(root, "digests.txt"), "w") as f:
    for name in sorted(os.listdir(root)):
        if name.endswith("gz"):
            digest = hashlib.md5(open(os.path.join(root, name), "rb").read()).hexdigest()
            f.write(f"{name} {digest}\n")
