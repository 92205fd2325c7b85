"""What bench/run measures of the Python module: what a call of a NumPy callback costs, gradient checks beside PyTorch's,
the plane of a small PyTorch model beside a plain loop, and memory."""
import json
import os
import statistics
import subprocess
import sys

from tables import number, span, table

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"


def job(bench, name, how):
    print(f"  {name} {how}", file=sys.stderr, flush=True)
    env = dict(bench.env, OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1", THALWEG_BUILD=bench.build)
    return json.loads(bench.watched([PYTHON, os.path.join(HERE, "python_jobs.py"), name, str(how)], env)[0])


def run(bench, quick, _full):
    """Empty where PyTorch or SciPy is missing."""
    print("python ...", file=sys.stderr, flush=True)
    if subprocess.run([PYTHON, "-c", "import torch, scipy"], capture_output=True, check=False).returncode:
        return {}
    return {"calls": job(bench, "calls", 1 if quick else 7), "checks": job(bench, "checks", 70 if quick else 1000),
            "planes": job(bench, "planes-small" if quick else "planes", 1 if quick else 2),
            "memory": {way: job(bench, "memory", way) for way in ("alone", "loop", "thalweg", "gradient")}}


def calls_table(rows):
    bare = {row["function"]: min(row["each"]) for row in rows if row["who"] == "bare loop"}
    names = {"rosenbrock": "Rosenbrock's function", "first": "`x[0]`"}
    return table(["1,000 variables, NumPy", "by", "calls", "a call, microseconds", "more than the bare loop"],
                 [[names[row["function"]], row["who"], f"{row['calls']:,}", span([1e6 * each for each in row["each"]]),
                   number(1e6 * (min(row["each"]) - bare[row["function"]]))] for row in rows])


def checks_table(rows):
    names = {"thalweg": "`thalweg.check_gradient`", "torch": "`torch.autograd.gradcheck`"}
    return table(["gradients of small layers, double", "faults found", "missed", "false alarms", "cannot tell",
                  "a check, ms, median"],
                 [[names[row["who"]], f"{row['faults'] - len(row['missed'])} of {row['faults']}",
                   ", ".join(row["missed"]), f"{len(row['alarms'])} of {row['points']:,}", str(row["inconclusive"]),
                   number(1e3 * row["median"])] for row in rows])


def planes_table(found):
    loop = next(row for row in found["ways"] if row["who"] == "loop")
    names = {"loop": "a plain loop", "full": "`thalweg.plane`", "adaptive": "`thalweg.plane`, adaptive 1 %"}

    def more(row):
        if row["who"] != "full":
            return ""
        each = [ours / theirs - 1 for ours, theirs in zip(row["seconds"], loop["seconds"])]
        point = statistics.median(ours - theirs for ours, theirs in zip(row["seconds"], loop["seconds"])) / loop["passes"]
        return f"{100 * statistics.median(each):.1f} %, {1e6 * point:.0f} microseconds a point"

    return table([f"{found['points']} x {found['points']} points, a small convolutional PyTorch model", "passes", "s",
                  "more than the loop", "largest error, of the range"],
                 [[names[row["who"]], f"{row['passes']:,}", span(row["seconds"]), more(row),
                   f"{row['error']:.1e}" if row["error"] else ""] for row in found["ways"]])


def memory_table(found):
    names = {"loop": "a plain loop over a plane", "thalweg": "`thalweg.plane`", "gradient": "value and gradient"}
    alone = found["alone"]
    return table(["a model of 9,003,000 parameters (36 MB)", "MB beside a process that calls it once"],
                 [[names[way], f"{(found[way] - alone) / 1e6:.0f}"] for way in names])


def section(found):
    if not found:
        return "not measured: PyTorch or SciPy is missing\n"
    return "\n".join([calls_table(found["calls"]), checks_table(found["checks"]), planes_table(found["planes"]),
                      memory_table(found["memory"])])
