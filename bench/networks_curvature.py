"""The curvature of ResNet-20 by the shipped tool, a whole process each, and by a loop in PyTorch as
PyHessian has it (arXiv:1912.07145): the power method until it moves by less than 1e-3, and on until the
value is within 1e-3, and Hutchinson's trace. The trace is exact
here; what PyTorch would need for a standard error of 1 % follows from the spread of its draws."""
import json
import os
import statistics
import sys

TOLERANCE, MOST, DRAWS, SHARE = 1e-3, 80, 8, 0.01


class Curvature:
    """`nets` is bench/networks.py's."""

    def __init__(self, nets, quick):
        self.nets, self.most, self.draws = nets, 2 if quick else MOST, 2 if quick else DRAWS
        self.images = nets.sizes.gradient

    def tool(self, *words):
        bench = self.nets.bench
        output, wall, peak = bench.watched(
            [os.path.join(bench.build, "thalweg"), "spectrum", self.nets.model(20), "--data",
             bench.data, "--limit", str(self.images), "--preprocess", "imagenet", "--threads", "2",
             "--quiet", "--json", *words])
        print(f"  spectrum {' '.join(words)}: {wall:.2f} s", file=sys.stderr, flush=True)
        return {"wall": wall, "peak_kib": peak, "told": json.loads(output)}

    def batch(self):
        """What serves PyTorch's product best."""
        rows = [row for row in self.nets.rows if
                (row["job"], row["who"], row["way"]) == ("hessian", "PyTorch", "eager")]
        return min(rows, key=lambda row: min(row["seconds"]))["batch"]

    def run(self):
        top = self.tool("--largest", "1", "--tolerance", str(TOLERANCE))
        trace = self.tool("--trace")
        path = self.nets.keep(20, self.nets.works[20], self.images)
        output, _, peak = self.nets.peer_python("curvature", str(self.batch()), str(TOLERANCE),
                                                str(self.most), str(self.draws),
                                                repr(top["told"]["largest"][0]["value"]), path)
        return {"images": self.images, "top": top, "trace": trace, "peer_peak_kib": peak,
                "peer": json.loads(output)}


def draws_needed(values):
    """For a standard error of SHARE of the trace."""
    return (statistics.stdev(values) / (SHARE * abs(statistics.mean(values)))) ** 2
