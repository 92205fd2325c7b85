"""What bench/run measures on trained networks: ours, PyTorch's, ONNX Runtime's.

Every measurement is a process of its own: a peer is first asked which size of batch serves it best,
then measured with that one. Where the shared folder with the trained ResNets is absent, it is the same
architectures by name with drawn weights.
"""
import json
import os
import subprocess
import sys

import numpy as np

import networks_curvature
import networks_plane
import peers_net

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
DEPTHS = (20, 56)
BATCHES = {"eval": "8,32,128,256", "plane": "8,32,128,250", "analytic": "8,32,128,250", "hessian": "10,50,250"}


class Sizes:
    """How much of everything; `quick` is for trying whether it runs, `full` takes an hour."""

    def __init__(self, quick, full):
        self.seconds = 0 if quick else 3.0  # that a measurement of a peer takes at least
        self.repeats = 1 if quick else 3
        self.forward = {20: 32, 56: 16} if quick else {20: 6000, 56: 2000}
        self.doubles = 4 if quick else 200
        self.gradient = 4 if quick else 500
        self.plane, self.side = (8, networks_plane.PART) if quick else (
            1000 if full else 200, networks_plane.SIDE)


class Networks:
    """`bench` is bench/run's: folders, data, and processes that are watched."""

    def __init__(self, bench, quick=False, full=False):
        self.bench, self.sizes, self.full = bench, Sizes(quick, full), full
        self.quick = quick
        self.folder = bench.folder
        self.program = os.path.join(bench.build, "bench", "bench-net")
        self.package = os.path.join(bench.build, "bench", "peers", "node_modules",
                                    "onnxruntime-node")
        self.rows, self.works, self.agreement = [], {}, []

    def file(self, name):
        return os.path.join(self.folder, name)

    # ---- what they work on ----

    def prepare(self):
        self.images, self.labels = self.file("net-images.f32"), self.file("net-labels.u8")
        self.peer_python("prepare", self.bench.records, str(max(self.sizes.forward.values())),
                         self.images, self.labels)
        self.runtime = self.install()
        for depth in DEPTHS:
            self.works[depth] = self.work(depth)

    def model(self, depth):
        """The trained network, or its name."""
        found = self.bench.shared and os.path.join(self.bench.shared, "models", f"resnet{depth}.onnx")
        return found if found and os.path.exists(found) else f"resnet{depth}"

    def work(self, depth):
        """What peers_net.py reads for that network, and its file for ONNX Runtime."""
        work = {"depth": depth, "data": self.images, "labels": self.labels,
                "points": self.file(f"net-points-{depth}.f64")}
        told = self.run_ours("points", depth, 1, out=work["points"])
        work["blocks"] = told["blocks"]
        work["onnx"] = self.model(depth)
        if not os.path.exists(work["onnx"]) and self.runtime:
            work["onnx"] = self.file(f"resnet{depth}.onnx")
            self.peer_python("export", self.keep(depth, work, 1), work["onnx"])
        return work

    def keep(self, depth, work, images):
        path = self.file(f"net-work-{depth}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(dict(work, images=images), file)
        return path

    def install(self):
        """ONNX Runtime's package for Node.js, put into the build folder; None where that cannot be."""
        if not os.path.isdir(self.package):
            folder = os.path.dirname(os.path.dirname(self.package))
            os.makedirs(folder, exist_ok=True)
            command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
                       "--no-package-lock", "--omit-lockfile-registry-resolved", "--prefix", folder,
                       "onnxruntime-node"]
            try:
                subprocess.run(command, check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError):
                return None
        return self.package if os.path.isdir(self.package) else None

    # ---- processes ----

    def peer_python(self, *words):
        return self.bench.watched([PYTHON, os.path.join(HERE, "peers_net.py"), *words])

    def run_ours(self, job, depth, images, precision="single", out=None):
        repeats = 0 if job == "points" else self.sizes.repeats
        output, _, peak = self.bench.watched(
            [self.program, job, self.model(depth), self.bench.data, "train", str(images), "2",
             precision, str(repeats)] + ([out] if out else []))
        return dict(json.loads(output), peak_kib=peak)

    def keep_row(self, row, **more):
        row.update(more)
        self.rows.append(row)
        print(f"  {row['job']} resnet{row['depth']} {row['who']} {row['way']}: "
              f"{row['images'] / min(row['seconds']):.1f} images/s", file=sys.stderr, flush=True)

    def ours(self, job, depth, images, precision="single"):
        out = self.file(f"net-{job}-{depth}.f64") if precision == "single" else None
        row = self.run_ours(job, depth, images, precision, out)
        self.keep_row(row, depth=depth, who="thalweg", way=precision)

    def best_batch(self, measured, job, images):
        """Of a peer's own trial."""
        sizes = sorted({min(int(batch), images) for batch in BATCHES[job].split(",")})
        if len(sizes) == 1:
            return str(sizes[0]), {}
        tried = json.loads(measured(",".join(map(str, sizes)))[0])["tried"]
        return max(tried, key=tried.get), tried

    def torch(self, job, way, depth, images):
        path = self.keep(depth, self.works[depth], images)
        out = self.file(f"net-{job}-{depth}-torch.{'f32' if job == 'eval' else 'f64'}")
        batch, tried = self.best_batch(
            lambda sizes: self.peer_python(job, way, sizes, "0", path), job, images)
        output, _, peak = self.peer_python(job, way, batch, str(self.sizes.seconds), path, out)
        self.keep_row(json.loads(output), job=job, depth=depth, who="PyTorch", way=way, tried=tried,
                      peak_kib=peak)

    def script(self, job, depth, images):
        """One pass of PyTorch as a whole process: seconds, and peak memory."""
        path = self.keep(depth, self.works[depth], images)
        _, wall, peak = self.peer_python(job, "eager", str(min(128, images)), "0", path)
        return wall, peak

    def onnxruntime(self, depth, images):
        if self.runtime is None:
            return
        command = ["node", os.path.join(HERE, "peer_onnxruntime.js"), self.runtime,
                   self.works[depth]["onnx"], self.images, str(images)]
        out = self.file(f"net-eval-{depth}-onnxruntime.f32")
        batch, tried = self.best_batch(
            lambda sizes: self.bench.watched(command + [sizes, "0"]), "eval", images)
        output, _, peak = self.bench.watched(command + [batch, str(self.sizes.seconds), out])
        self.keep_row(json.loads(output), job="eval", depth=depth, who="ONNX Runtime", way="",
                      tried=tried, peak_kib=peak)

    # ---- how the values agree ----

    def loss_of(self, path, images):
        """The mean cross-entropy of outputs that a peer wrote."""
        scores = np.fromfile(path, np.float32).reshape(images, -1).astype(np.float64)
        labels = np.fromfile(self.labels, np.uint8, images)
        top = scores.max(axis=1)
        sums = np.log(np.exp(scores - top[:, None]).sum(axis=1)) + top
        return float(np.mean(sums - scores[np.arange(images), labels]))

    def compare(self, job, depth, peer, path):
        """The relative difference of what we and that peer found."""
        if job == "eval":
            row = next(row for row in self.rows if (row["job"], row["depth"], row["way"]) ==
                       (job, depth, "single"))
            difference = abs(row["loss"] / self.loss_of(path, row["images"]) - 1)
        else:
            ours, theirs = np.fromfile(self.file(f"net-{job}-{depth}.f64")), np.fromfile(path)
            difference = float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))
        self.agreement.append({"job": job, "depth": depth, "who": peer, "difference": difference})

    def agree(self):
        for depth in DEPTHS:
            for job, ending in (("eval", "f32"), ("analytic", "f64"), ("hessian", "f64")):
                for peer, name in (("PyTorch", "torch"), ("ONNX Runtime", "onnxruntime")):
                    path = self.file(f"net-{job}-{depth}-{name}.{ending}")
                    if any((row["job"], row["depth"], row["who"]) == (job, depth, peer)
                           for row in self.rows):
                        self.compare(job, depth, peer, path)

    # ---- the parts ----

    def forward(self, depth):
        images = self.sizes.forward[depth]
        self.ours("eval", depth, images)
        for way in peers_net.WAYS:
            self.torch("eval", way, depth, images)
        self.onnxruntime(depth, images)
        self.ours("eval", depth, images)  # once more, as everywhere: before and after the peers
        self.ours("eval", depth, self.sizes.doubles, "double")

    def derivatives(self, job, depth):
        images = self.sizes.gradient
        self.ours(job, depth, images)
        for way in ("eager", "channels last"):
            self.torch(job, way, depth, images)
        self.ours(job, depth, images)

    def run(self, rate):
        """Everything; `rate` is that of single multiply-adds in registers."""
        print("networks ...", file=sys.stderr, flush=True)
        self.prepare()
        for depth in DEPTHS:
            self.forward(depth)
            self.derivatives("analytic", depth)
        self.derivatives("hessian", DEPTHS[0])
        curvature = networks_curvature.Curvature(self, self.quick).run()
        plane = networks_plane.Plane(self, self.full).run()
        self.agree()
        return {"plane": plane, "curvature": curvature, "rows": self.rows, "agreement": self.agreement, "register": rate,
                "trained": os.path.exists(self.model(DEPTHS[0])), "runtime": bool(self.runtime)}
