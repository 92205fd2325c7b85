"""The tables of bench/run: how thalweg's numbers compare with the peers', in speed and in value."""
import os

import numpy as np

COORDINATES, SIDE, CLASSES = 30730, 51, 10
POINTS = SIDE * SIDE
PADDED = SIDE * 56  # rows of points are padded to whole vectors

# Arithmetic instructions of the kernels per lane, counted in the source (a multiply-add is one):
# kernel/differences.c per image and feature: p t, and r += z + r z for every class; conversion,
# mean, h x, the label's sum and expm1 by 7 once.
GRADIENT_OPERATIONS = 2 * CLASSES + 13
# kernel/softmax.c per image and point: table * factor added for every other class; the product by
# 2, and whether the label wins by 6, once.
PLANE_OPERATIONS = (CLASSES - 1) + 8


# ---- values ----

def compare(folder, answers):
    """Largest differences of what thalweg computed from what the peers did."""
    def ours(job, loss):
        return np.fromfile(os.path.join(folder, f"{job}-{loss}.f64"))

    rows = {}
    for loss in ("softmax", "svm"):
        theirs = answers["numpy"][loss]
        analytic, numerical = ours("analytic", loss), ours("numerical", loss)
        plane = ours("plane", loss).reshape(POINTS, -1)[:, 0]
        sampled = numerical[theirs["entries"]]
        rows[loss] = {
            "loss": abs(ours("eval", loss)[0] - theirs["loss"]),
            "loss, PyTorch": abs(ours("eval", loss)[0] - answers["torch"][loss]["loss"]),
            "analytic gradient": float(np.max(np.abs(analytic - theirs["gradient"]))),
            "largest gradient entry": float(np.max(np.abs(analytic))),
            "numerical gradient": float(np.max(np.abs(sampled - theirs["differences"]))),
            "plane": float(np.max(np.abs(plane[theirs["places"]] - theirs["plane"]))),
        }
        if "exact" in theirs:
            rows[loss]["numerical gradient, extended precision"] = float(
                np.max(np.abs(sampled - theirs["exact"])))
    theirs = answers["torch-mlp"]
    plane = ours("plane", "mlp").reshape(POINTS, -1)[:, 0]
    rows["mlp"] = float(np.max(np.abs(plane[theirs["places"]] / theirs["plane"] - 1)))
    rows["mlp loss"] = abs(ours("eval", "mlp")[0] / theirs["loss"] - 1)
    return rows


# ---- times ----

class Times:
    """Looks measurements up."""

    def __init__(self, results):
        self.results = results

    def ours(self, job, loss="softmax", images=50000, threads=2, level=None, key="seconds"):
        """All repeats of a piece of work, over all processes that did it."""
        level = level or self.level()
        return [s for row in self.results["ours"] for s in row.get(key, [])
                if (row["job"], row["loss"], row["images"], row["threads"], row["level"]) ==
                (job, loss, images, threads, level)]

    def peak(self, job, loss="softmax", images=50000, threads=2):
        return max(row["peak_kib"] for row in self.results["ours"]
                   if (row["job"], row["loss"], row["images"], row["threads"]) ==
                   (job, loss, images, threads)) / 1000 * 1.024

    def level(self):
        return self.results["level"]

    def peer(self, name, key="seconds"):
        """Seconds of one pass."""
        row = next(row for row in self.results["peers"] if row["name"] == name)
        return [s / row.get("points", 1) for s in row[key]]

    def limit(self, name, threads=2, level=None):
        return max(row["rate"] for row in self.results["limits"]
                   if (row["limit"], row["threads"], row["level"]) ==
                   (name, threads, level or self.level()))


def number(x):
    """Three digits, as people write them."""
    if x == 0:
        return "0"
    if abs(x) >= 100:
        return f"{x:,.0f}"
    return f"{x:.3g}" if abs(x) >= 0.001 else f"{x:.1e}"


def span(times):
    return f"{number(min(times))} ({number(float(np.median(times)))})"


def duration(seconds):
    return f"{seconds / 3600:.2f} h" if seconds > 3600 else f"{number(seconds)} s"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


# ---- the sections ----

def section_gradient(t):
    rows = []
    for loss in ("softmax", "svm"):
        ours = t.ours("numerical", loss)
        rows.append([f"{loss}: thalweg", span(ours), "", duration(min(ours)), "1"])
        for name in (f"numpy eval {loss}", f"torch float64 eval {loss}",
                     f"torch float32 eval {loss}"):
            once = t.peer(name)
            whole = min(once) * (COORDINATES + 1)
            rows.append([f"{loss}: {name.split(' eval')[0]}, one pass a coordinate", "",
                         span(once), duration(whole), number(whole / min(ours))])
    return table(["forward differences, h = 1e-5, 30,730 coordinates", "measured, s",
                  "one loss, measured, s", "whole gradient (loss x 30,731)", "thalweg is faster by"],
                 rows)


def section_plane(t):
    rows = []
    for loss in ("softmax", "svm"):
        ours = t.ours("plane", loss)
        products = min(t.ours("plane", loss, key="products"))
        parts = [products, min(ours) - products]
        rows.append([f"{loss}: thalweg ({number(parts[0])} s products, {number(parts[1])} s points)",
                     span(ours), duration(min(ours)), "1"])
        for kind in ("float64", "float32"):
            passes = min(t.peer(f"torch {kind} plane {loss}")) * POINTS
            scores = min(t.peer(f"torch {kind} scores {loss}")) * POINTS
            scores += min(t.peer(f"torch {kind} products"))
            rows.append([f"{loss}: PyTorch {kind}, a pass a point", "", duration(passes),
                         number(passes / min(ours))])
            rows.append([f"{loss}: PyTorch {kind}, scores precomputed", "", duration(scores),
                         number(scores / min(ours))])
    return table(["51 x 51 plane", "measured, s", "whole plane", "thalweg is faster by"], rows)


def section_single(t):
    rows = []
    for job, what in (("eval", "one loss"), ("analytic", "analytic gradient")):
        for loss in ("softmax", "svm"):
            ours = t.ours(job, loss)
            row = [f"{what}, {loss}", span(ours)]
            for kind in ("numpy", "torch float64", "torch float32"):
                theirs = t.peer(f"{kind} {job} {loss}")
                row.append(f"{span(theirs)}, x {number(min(theirs) / min(ours))}")
            rows.append(row)
    return table(["", "thalweg, s", "NumPy, s", "PyTorch float64, s", "PyTorch float32, s"], rows)


def section_epoch(t):
    rows = []
    for method in ("sgd", "adam"):
        ours = t.ours(f"epoch-{method}", "softmax")
        row = [method, span(ours)]
        for kind in ("torch float64", "torch float32"):
            theirs = t.peer(f"{kind} epoch-{method} softmax")
            row.append(f"{span(theirs)}, x {number(min(theirs) / min(ours))}")
        rows.append(row)
    return table(["one epoch of softmax, mini-batches of 256, and the loss after it", "thalweg, s",
                  "PyTorch float64, s", "PyTorch float32, s"], rows)


def section_processor(t):
    """The ratios again in processor time of all threads, which other programs disturb less."""
    cpu = "seconds_cpu"
    rows = []
    for loss in ("softmax", "svm"):
        gradient = min(t.ours("numerical", loss, key=cpu))
        plane = min(t.ours("plane", loss, key=cpu))
        rows.append([f"{loss}: thalweg, s", number(gradient), number(plane), ""])
        for kind in ("numpy", "torch float64", "torch float32"):
            row = [f"{loss}: {kind}, times as much",
                   number(min(t.peer(f"{kind} eval {loss}", cpu)) * (COORDINATES + 1) / gradient)]
            if kind != "numpy":
                scores = (min(t.peer(f"{kind} scores {loss}", cpu)) * POINTS +
                          min(t.peer(f"{kind} products", cpu)))
                passes = min(t.peer(f"{kind} plane {loss}", cpu)) * POINTS
                row += [number(passes / plane), number(scores / plane)]
            rows.append(row + [""] * (4 - len(row)))
    return table(["processor time", "gradient, a pass a coordinate", "plane, a pass a point",
                  "plane, scores precomputed"], rows)


def section_networks(t):
    """The network 3072-512-10 on all images, relu."""
    def ours(job, key="seconds", model="mlp:512", activation="relu", images=50000):
        return [s for row in t.results["networks"] for s in row.get(key, [])
                if (row["job"], row["model"], row["activation"], row["images"]) ==
                (job, model, activation, images)]

    rows = []
    for job, what in (("eval", "one loss"), ("analytic", "gradient"),
                      ("batch", "gradient over 256 images")):
        row = [what, span(ours(job))]
        for kind in ("float64", "float32"):
            theirs = min(t.peer(f"torch {kind} {job} mlp"))
            row.append(f"{number(theirs)}, x {number(theirs / min(ours(job)))}")
        rows.append(row)
    row = ["51 x 51 plane, a pass a point", span(ours("plane"))]
    more = ["the same from the first layer's products", ""]
    for kind in ("float64", "float32"):
        passes = min(t.peer(f"torch {kind} plane mlp")) * POINTS
        parts = (min(t.peer(f"torch {kind} parts mlp")) * POINTS +
                 min(t.peer(f"torch {kind} products mlp")))
        row.append(f"{duration(passes)}, x {number(passes / min(ours('plane')))}")
        more.append(f"{duration(parts)}, x {number(parts / min(ours('plane')))}")
    rows += [row, more]
    text = table(["relu, 1,578,506 parameters", "thalweg, s", "PyTorch float64, s",
                  "PyTorch float32, s"], rows)
    products = min(ours("plane", "products"))
    parts = [number(products), number(min(ours("plane")) - products)]
    others = [f"{name}: {number(min(found))} s" for name, found in (
        ("Hessian product", ours("hessian")),
        ("4,096 entries of the numerical gradient", ours("numerical")),
        ("plane of mlp:512 with tanh, 5,000 images", ours("plane", activation="tanh", images=5000)),
        ("plane of mlp:512,256, 1,000 images", ours("plane", model="mlp:512,256", images=1000)))]
    return (text + f"\nThe plane: {parts[0]} s for the products, {parts[1]} s for the points. " +
            "; ".join(others) + f". Largest difference of the plane from PyTorch's double: "
            f"{number(t.results['accuracy']['mlp'])}, of the loss {number(t.results['accuracy']['mlp loss'])}.\n")


def section_curves(t):
    sizes = sorted({row["images"] for row in t.results["ours"] if row["images"] > 0})
    rows = []
    for images in sizes:
        row = [f"{images:,}"]
        for job in ("numerical", "plane"):
            one, two = (min(t.ours(job, images=images, threads=n)) for n in (1, 2))
            row += [number(one), number(two), number(one / two)]
        rows.append(row + [f"{t.peak('numerical', images=images):.0f}",
                           f"{t.peak('plane', images=images):.0f}"])
    return table(["images", "gradient, 1 thread, s", "2 threads", "gain", "plane, 1 thread, s",
                  "2 threads", "gain", "peak, gradient, MB", "peak, plane, MB"], rows)


def section_levels(t):
    levels = sorted({row["level"] for row in t.results["ours"]})
    rows = [[level] + [span(t.ours(job, level=level)) for job in ("numerical", "plane")]
            for level in levels]
    return table(["instruction-set level", "gradient, s", "plane, s"], rows)


def section_process(t):
    loads = [row for row in t.results["ours"] if row["job"] == "load"]
    rows = [["load the data set (whole file cache warm)",
             f"{number(min(row['load'] for row in loads))} s",
             f"{max(row['peak_kib'] for row in loads) * 1.024e-3:.0f} MB"],
            ["mean image", f"{number(min(row['mean'] for row in loads))} s", ""]]
    heads = [row for row in t.results["ours"] if row["images"] == 50000 and row["job"] != "load"]
    spare = min(row["wall"] - sum(row["seconds"]) for row in heads)
    rows.append(["bench-linear, whole process less computation", f"{number(spare)} s",
                 f"{max(row['peak_kib'] for row in heads) * 1.024e-3:.0f} MB"])
    if t.results["tool"]:
        best = min(t.results["tool"], key=lambda run: run["wall"])
        rows.append([f"`thalweg gradient`, whole process ({number(best['seconds'])} s of it the "
                     "gradient)", f"{number(best['wall'])} s",
                     f"{best['peak_kib'] * 1.024e-3:.0f} MB"])
    for which in ("numpy", "torch"):
        row = next(row for row in t.results["peers"] if row["name"] == f"{which} process")
        rows.append([f"{which}: the peer's process, for its memory", "",
                     f"{row['peak_kib'] * 1.024e-3:,.0f} MB"])
    return table(["", "best", "peak memory"], rows)


def section_limits(t):
    kinds = {"exp": 1e9, "log1p": 1e9, "log": 1e9, "expm1": 1e9, "multiply-add": 1e9,
             "single multiply-add": 1e9, "read bytes": 1e9}
    levels = list(dict.fromkeys(row["level"] for row in t.results["limits"]))
    rows = []
    for level in levels:
        for threads in (1, 2):
            row = [level, str(threads)]
            for kind, unit in kinds.items():
                try:
                    row.append(number(t.limit(kind, threads, level) / unit))
                except ValueError:
                    row.append("")
            rows.append(row)
    text = table(["level", "threads", "exp, 1e9/s", "log1p", "log", "expm1",
                  "double multiply-adds, 1e9/s", "single multiply-adds", "reading, GB/s"], rows)
    peak = t.limit("multiply-add")
    gradient = min(t.ours("numerical"))
    plane = min(t.ours("plane")) - min(t.ours("plane", key="products"))
    terms, scores = 50000 * COORDINATES, 50000 * POINTS * (CLASSES - 1)
    work = [("gradient, softmax", gradient, 50000 * (COORDINATES // CLASSES) * GRADIENT_OPERATIONS,
             terms, "log1p"),
            ("plane, softmax, the points", plane, 50000 * PADDED * PLANE_OPERATIONS, scores, "exp")]
    rows = []
    for name, seconds, operations, functions, kind in work:
        rows.append([name, number(seconds), f"{number(operations / 1e9)}e9",
                     f"{100 * operations / seconds / peak:.0f} %",
                     f"{number(functions / 1e9)}e9 {kind}",
                     f"{100 * functions / seconds / t.limit(kind):.0f} %"])
    products = min(t.ours("plane", key="products"))
    flops = 50000 * 3072 * 3 * CLASSES
    rows.append(["plane, the three products", number(products), f"{number(flops / 1e9)}e9",
                 f"{100 * flops / products / peak:.0f} %", "", ""])
    return text + "\n" + table(
        ["two threads", "s", "arithmetic instructions x lanes", "of the multiply-add peak",
         "logarithms or exponentials in the formula", "of the rate at which they could be taken"],
        rows)


def section_accuracy(accuracy):
    losses = ("softmax", "svm")  # the network's is with its times
    keys = list(dict.fromkeys(key for loss in losses for key in accuracy[loss]))
    rows = [[key] + [f"{accuracy[loss][key]:.2g}" if key in accuracy[loss] else ""
                     for loss in losses] for key in keys]
    return table(["largest absolute difference from NumPy (double)", "softmax", "svm"], rows)


def section_derivatives(derivatives):
    """How well, not how fast: the two sets of problems of accuracy.py."""
    text = []
    for key, what in (("slopes", "27 slopes of functions of one number"),
                      ("gradients", "35 gradients (More, Garbow, Hillstrom)")):
        rows = []
        for row in derivatives["rows"]:
            r = row[key]
            rows.append([row["name"]] + [f"{r[k]:.1e}" for k in ("median", "p90", "worst")]
                        + [f"{r['six']} of {r['problems']}", f"{r['nine']} of {r['problems']}",
                           f"{r['evaluations']:.1f}",
                           "" if r["covered"] is None else f"{r['covered']} of {r['entries']}"])
        text.append(table([f"{what}: relative error", "median", "9 of 10 below", "worst",
                           "below 1e-6", "below 1e-9", "evaluations an entry", "bars that cover"],
                          rows))
    return "\n".join(text) + "".join(f"\n{note}.\n" for note in derivatives["notes"])


def gradient_rows(gradients):
    """What takes a gradient of 1,000 parameters: name, measurement, seconds of one bare call."""
    by_name = {row["name"]: row for row in gradients["scipy"]}
    ours = {(row["name"], row["threads"]): row for row in gradients["ours"]}

    def bare(row):
        return min(row["seconds"]) / row["evaluations"]

    bare_c = bare(ours["bare", 1])
    rows = [(f"thalweg, {name}, {threads} thread{'s'[:threads - 1]}", ours[name, threads], bare_c)
            for name in ("forward", "central", "ladder") for threads in (1, 2)]
    rows += [(f"a plain loop in C, {kind}", ours[f"loop, {kind}", 1], bare_c)
             for kind in ("forward", "central")]
    rows += [(row["name"], row, bare_c) for row in gradients["ceres"] or []]
    for row in gradients["scipy"]:
        if "approx" in row["name"]:
            kind = row["name"].rsplit(", ", 1)[1]
            rows.append((row["name"], row, bare(by_name[f"bare, {kind}"])))
    return rows


def section_cheap(gradients):
    """Gradients and checks of functions that take a microsecond or ten."""
    ours = {(row["name"], row["threads"]): row for row in gradients["ours"]}
    rows = []
    for name, row, bare in gradient_rows(gradients):
        each = min(row["seconds"]) / row["evaluations"]
        # two threads share the calls: what is added to each cannot be told
        added = "" if row.get("threads", 1) > 1 else f"{max(each - bare, 0) * 1e9:,.0f}"
        rows.append([name, span([s * 1e3 for s in row["seconds"]]), f"{row['evaluations']:,}",
                     added, f"{row['error']:.1e}"])
    bare = min(ours["bare", 1]["seconds"]) / ours["bare", 1]["evaluations"]
    text = table([f"gradient of Rosenbrock's function of 1,000 parameters, {number(bare * 1e6)} "
                  "microseconds a call in C", "ms",
                  "evaluations", "added to a bare call, ns", "error over largest entry"], rows)
    if not gradients["ceres"]:
        text += "\nCeres is not installed here.\n"
    rows = []
    for name in ("forward", "ladder", "forward, slow", "ladder, slow", "check of 1,000"):
        one, two = (min(ours[name, threads]["seconds"]) for threads in (1, 2))
        rows.append([name, number(one * 1e3), number(two * 1e3), number(one / two)])
    slow = min(ours["bare, slow", 1]["seconds"]) / ours["bare, slow", 1]["evaluations"]
    text += "\n" + table(["1,000 parameters", "1 thread, ms", "2 threads, ms", "gain"], rows)
    text += f"\n`slow` takes {number(slow * 1e6)} microseconds a call.\n"
    rows = []
    for name in ("one wrong of 1,000,000 located", "one wrong of 1,000,000, everything on",
                 "1,000,000 right ones"):
        row = ours[name, 2]
        rows.append([name, str(row["evaluations"]), span(row["seconds"])])
    for threads in (1, 2):
        row = ours["check of 1,000", threads]
        best = min(row["seconds"])
        rows.append([f"all of 1,000, {threads} thread{'s'[:threads - 1]}, "
                     f"{number(best * 1e3)} microseconds an entry", f"{row['evaluations']:,}",
                     span(row["seconds"])])
    rows += [[row["name"] + ", 1,000 parameters", f"{row['evaluations']:,}", span(row["seconds"])]
             for row in gradients["scipy"] if "check_grad" in row["name"]]
    million = min(ours["bare, n = 1,000,000", 1]["seconds"])
    text += "\n" + table([f"gradient check ({number(million * 1e3)} ms a call of 1,000,000)",
                          "evaluations", "s"], rows)
    return text


def section_components(rows):
    """The plane of a trajectory that does not fit into memory."""
    return table(["threads", "axes, s", "projection, s", "peak, MB", "checkpoints read"],
                 [[str(row["threads"]), number(row["axes"][0]), number(row["projection"][0]),
                   f"{row['peak_kib'] / 1024:.0f}", f"{row['rows_read']:,}"] for row in rows])


def section_ranks(rows):
    """One process of one thread, and two of them."""
    return table(["plane", "one process, s", "two, s", "gain", "same file"],
                 [[f"{row['model']}, {row['side']} x {row['side']}", number(row["1"]),
                   number(row["2"]), f"{row['1'] / row['2']:.2f}", "yes" if row["same"] else "NO"]
                  for row in rows])


def render(results):
    t = Times(results)
    m, blas = results["machine"], results["blas"]
    head = (f"# thalweg, measured\n\n{m['date']}, {m['processor']}, {m['processors']} processors, "
            f"{m['system']}; compiler {m['compiler']}, level {t.level()}; NumPy {m['numpy']}, "
            f"PyTorch {m['torch']}, two threads each, BLAS core {blas['chosen']} (the fastest of "
            + ", ".join(f"{k}: {number(v)} s" for k, v in blas["seconds"].items())
            + f" for a product of 20,000 images). Data: {m['data']}. Load average before and after: "
            f"{m['loads'][0]:.2f}, {m['loads'][1]:.2f}; {m['seconds']:.0f} s in all. Times are the "
            "best of the repeats, the median in brackets.\n")
    sections = [("Numerical gradient", section_gradient(t)), ("Plane", section_plane(t)),
                ("The same in processor time", section_processor(t)),
                ("One loss, one gradient", section_single(t)),
                ("A network of 512 hidden units", section_networks(t)),
                ("One epoch of training", section_epoch(t)),
                ("Cost over images and threads (softmax)", section_curves(t)),
                ("Instruction-set levels (softmax, two threads)", section_levels(t)),
                ("Loading and memory", section_process(t)),
                ("Limits of the machine", section_limits(t)),
                ("Agreement", section_accuracy(results["accuracy"]))]
    if "derivatives" in results:
        sections.append(("Accuracy of derivatives", section_derivatives(results["derivatives"])))
    if "gradients" in results:
        sections.append(("Gradients of cheap functions", section_cheap(results["gradients"])))
    if "components" in results:
        rows = results["components"]
        sections.append((f"Plane of a trajectory: {rows[0]['rows']} checkpoints of "
                         f"{rows[0]['parameters']:,} parameters",
                         section_components(rows)))
    if "kernels" in results:
        sections.append(("Kernels one by one (one thread)", results["kernels"]))
    if results.get("ranks"):
        sections.append(("Processes of mpirun, one thread each", section_ranks(results["ranks"])))
    return head + "".join(f"\n## {title}\n\n{text}" for title, text in sections)
