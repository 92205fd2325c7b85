"""The tables of bench/networks.py."""
import statistics

import networks_curvature
from tables import duration, number, span, table


class Rows:
    """Looks measurements up."""

    def __init__(self, nets):
        self.rows = nets["rows"]

    def of(self, job, depth, who, way):
        return [row for row in self.rows if
                (row["job"], row["depth"], row["who"], row["way"]) == (job, depth, who, way)]

    def ways(self, job, depth):
        """(who, way), each once, in the order measured."""
        return list(dict.fromkeys((row["who"], row["way"]) for row in self.rows
                                  if (row["job"], row["depth"]) == (job, depth)))

    def seconds(self, job, depth, who, way):
        """Of an image, every repeat of every process."""
        return [s / row["images"] for row in self.of(job, depth, who, way) for s in row["seconds"]]

    def work(self, depth):
        return self.of("eval", depth, "thalweg", "single")[0]["multiply_adds"]


def name_of(rows, who, way):
    row = rows[-1]
    if who == "thalweg":
        return f"thalweg, {way} precision"
    name = f"{who} {row['version']}" if "version" in row else who
    return ", ".join(part for part in (name, way, f"batches of {row['batch']}") if part)


def megabytes(rows):
    return f"{max(row['peak_kib'] for row in rows) * 1.024e-3:,.0f}"


def section_forward(nets, t):
    lines = []
    for depth in (20, 56):
        ours, work = min(t.seconds("eval", depth, "thalweg", "single")), t.work(depth)
        for who, way in t.ways("eval", depth):
            rows, times = t.of("eval", depth, who, way), t.seconds("eval", depth, who, way)
            lines.append([f"ResNet-{depth}: {name_of(rows, who, way)}", number(1 / min(times)),
                          number(2e-9 * work / min(times)),
                          f"{100 * work / min(times) / nets['register']:.0f} %",
                          number(min(times) / ours), megabytes(rows)])
        if not nets["runtime"]:
            lines.append([f"ResNet-{depth}: ONNX Runtime", "not installed", "", "", "", ""])
    head = ["forward", "images/s", "GFLOP/s", "of the register loop", "thalweg is faster by",
            "peak memory, MB"]
    sizes = " and ".join(f"{number(t.work(depth) / 1e6)} (ResNet-{depth})" for depth in (20, 56))
    return (table(head, lines) + f"\nMillions of multiply-adds an image, those of convolutions and products: {sizes}; the register "
            f"loop of single multiply-adds gives {number(2e-9 * nets['register'])} GFLOP/s.\n")


def section_derivatives(t):
    lines = []
    for job, depth, what in (("analytic", 20, "gradient of ResNet-20"),
                             ("analytic", 56, "gradient of ResNet-56"),
                             ("hessian", 20, "Hessian product of ResNet-20")):
        ours = min(t.seconds(job, depth, "thalweg", "single"))
        for who, way in t.ways(job, depth):
            rows, times = t.of(job, depth, who, way), t.seconds(job, depth, who, way)
            images = rows[0]["images"]
            lines.append([f"{what}, {images} images: {name_of(rows, who, way)}",
                          span([s * images for s in times]), number(1 / min(times)),
                          number(min(times) / ours), megabytes(rows)])
    return table(["derivatives", "s", "images/s", "thalweg is faster by", "peak memory, MB"], lines)


def section_curvature(nets):
    """Whole processes of the tool beside PyTorch's loops."""
    found = nets["curvature"]
    power, trace, peer = found["top"], found["trace"], found["peer"]
    value = power["told"]["largest"][0]
    steps, values = peer["power"]["seconds"], peer["power"]["values"]
    draws = networks_curvature.draws_needed(peer["trace"]["values"])
    each = min(peer["trace"]["seconds"])
    spread = statistics.stdev(peer["trace"]["values"])
    exact = trace["told"]
    lines = [["largest eigenvalue, `thalweg spectrum --largest 1 --tolerance 1e-3`",
              f"{value['value']:.4g} +- {value['residual']:.1g}", number(power["told"]["products"]),
              number(power["wall"]), "", megabytes([power])],
             *[[f"the same, PyTorch, the power method until {how}" +
                ("" if peer["power"][key] else ", not there yet"),
                f"{values[(peer['power'][key] or len(values)) - 1]:.4g}", number(len(cost)),
                number(sum(cost)), number(sum(cost) / power["wall"]),
                f"{found['peer_peak_kib'] * 1.024e-3:,.0f}"]
               for key, how in (("stopped", "it moves by less than 1e-3"), ("there", "it is within 1e-3"))
               for cost in [steps[:peer["power"][key] or len(steps)]]],
             ["trace, `thalweg spectrum --trace`", f"{exact['trace']:.6g}, {exact['trace_method']}",
              number(exact["products"]), number(trace["wall"]), "", megabytes([trace])],
             [f"the same to 1 %, PyTorch, random vectors (each {spread:.3g} off, "
              f"{number(each)} s, times those needed)", f"{statistics.mean(peer['trace']['values']):.4g}",
              number(draws), duration(draws * each), number(draws * each / trace["wall"]), ""]]
    return table([f"curvature of ResNet-20, {found['images']} images", "value", "products", "s",
                  "thalweg is faster by", "peak memory, MB"], lines)


SURVEYS = {"full": "in full", "adaptive": "`--adaptive 1%`",
           "tolerance": "`--adaptive 1% --tolerance 1%`"}


def section_plane(nets, t):
    """Whole processes of the tool, and PyTorch's passes times the points."""
    plane, lines = nets["plane"], []
    share = plane["all"] / plane["points"]
    passes = {way: min(t.seconds("plane", 20, *way)) * plane["images"] * plane["all"]
              for way in t.ways("plane", 20)}
    for name, what in SURVEYS.items():
        run, errors = plane["runs"][name], plane["errors"].get(name)
        told, whole = run["told"], run["wall"]
        evaluated = told.get("adaptive", {"evaluated": plane["all"]})["evaluated"]
        if name == "full" and share > 1:
            whole += run["told"]["seconds"] * (share - 1)
            what += f" ({plane['points']} points, their time times {number(share)})"
        lines.append([f"thalweg plane, {what}", f"{evaluated:,}",
                      f"{told.get('samples', plane['images']):,}", duration(whole),
                      number(min(passes.values()) / whole),
                      *([f"{100 * errors[kind]:.2g} %" for kind in ("largest", "mean")]
                        if errors else ["", ""]), megabytes([run])])
    for way, seconds in passes.items():
        rows = t.of("plane", 20, *way)
        lines.append([f"{name_of(rows, *way)}, a pass a point (one, times {plane['all']:,})",
                      f"{plane['all']:,}", f"{plane['images']:,}", duration(seconds), "", "", "",
                      megabytes(rows)])
    head = ["plane of ResNet-20", "points evaluated", "images", "whole process",
            "faster than PyTorch by", "largest error", "mean error", "peak memory, MB"]
    at = plane["errors"]["adaptive"]["points"]
    return (table(head, lines) + f"\nErrors are relative differences of the loss at {at:,} points "
            "that were computed in full.\n")


def section_commands(nets):
    plane = nets["plane"]
    run, script = plane["runs"]["eval"], plane["script"]
    return table([f"one loss of ResNet-20 on {plane['images']:,} images, whole process", "s",
                  "peak memory, MB"],
                 [["`thalweg eval`", number(run["wall"]), megabytes([run])],
                  ["a script for PyTorch", number(script["wall"]), megabytes([script])]])


JOBS = {"eval": "loss", "analytic": "gradient", "hessian": "Hessian product"}


def section_agreement(nets):
    parts = [f"{JOBS[row['job']]} of ResNet-{row['depth']}, {row['who']}: {row['difference']:.1e}"
             for row in nets["agreement"]]
    return "Relative differences of ours in single precision from theirs: " + "; ".join(parts) + ".\n"


def section(nets):
    t = Rows(nets)
    weights = "trained weights" if nets["trained"] else "drawn weights"
    return (f"The ResNets for CIFAR-10 with {weights}, {nets['machine']}.\n\n" +
            "\n".join([section_forward(nets, t), section_derivatives(t), section_agreement(nets),
                       section_curvature(nets),
                       section_plane(nets, t), section_commands(nets)]))
