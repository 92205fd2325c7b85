"""The plane of ResNet-20 by the shipped tool, as users call it: in full, adaptive, and with just
enough images; a whole process each. The part of bench/networks.py that takes minutes.

What counts is 51 x 51 passes over 1,000 images. Unless that is asked for it is 200 images, and in full
11 x 11 of the points, whose time is multiplied; what the others differ by is then told at these.
"""
import json
import os
import sys

SIDE, PART = 51, 11  # every fifth point of a row or column


class Plane:
    """`nets` is bench/networks.py's: models, peers, sizes."""

    def __init__(self, nets, full):
        self.nets, self.full = nets, full
        self.side = nets.sizes.side
        self.runs = {}

    def data(self):
        """Original pixels where there are some: what the networks were trained on."""
        bench = self.nets.bench
        found = bench.shared and os.path.join(bench.shared, "cifar-10-subset",
                                              "cifar-10-batches-py")
        if found and os.path.isdir(found):
            return found, "test"
        return bench.data, "test" if os.path.isdir(bench.data) else "train"

    def tool(self, name, command, *words):
        """A command of the tool; what it told, its whole time and peak memory."""
        data, self.split = self.data()
        output, wall, peak = self.nets.bench.watched(
            [os.path.join(self.nets.bench.build, "thalweg"), command, self.nets.model(20),
             "--data", data, "--split", self.split, "--limit", str(self.nets.sizes.plane),
             "--preprocess", "imagenet", "--threads", "2", "--json", *words])
        told = json.loads(output)
        self.runs[name] = {"wall": wall, "peak_kib": peak, "told": told}
        print(f"  {command} {name}: {wall:.2f} s", file=sys.stderr, flush=True)

    def survey(self, name, side, *words):
        axis = f"-1:1:{side}"
        self.tool(name, "plane", f"--x={axis}", f"--y={axis}", "--norm", "filter", "--ignore",
                  "biasbn", "--quiet", "--restart", "-o", self.path(name), *words)

    def path(self, name):
        return self.nets.file(f"net-plane-{name}.h5")

    def loss(self, name, step):
        import h5py  # late: what this process holds would count in its children's peaks

        with h5py.File(self.path(name), "r") as file:
            return file[f"{self.split}_loss"][::step, ::step]

    def errors(self, name, step):
        """Relative differences from the points that were computed in full."""
        exact = self.loss("full", 1)
        off = abs(self.loss(name, step) / exact - 1)
        return {"largest": float(off.max()), "mean": float(off.mean()), "points": off.size}

    def run(self):
        whole = self.full or self.side == PART
        side = self.side if whole else PART
        self.tool("eval", "eval", "--quiet")
        self.survey("full", side)
        self.survey("adaptive", self.side, "--adaptive", "1%")
        self.survey("tolerance", self.side, "--adaptive", "1%", "--tolerance", "1%")
        for way in ("eager", "channels last"):
            self.nets.torch("plane", way, 20, self.nets.sizes.plane)
        wall, peak = self.nets.script("plane", 20, self.nets.sizes.plane)
        step = (self.side - 1) // (PART - 1) if not whole else 1
        return {"runs": self.runs, "points": side * side, "all": self.side * self.side,
                "images": self.nets.sizes.plane, "script": {"wall": wall, "peak_kib": peak},
                "errors": {name: self.errors(name, step) for name in ("adaptive", "tolerance")}}
