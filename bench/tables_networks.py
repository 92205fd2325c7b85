"""The tables of bench/networks.py."""
from tables import number, span, table


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


JOBS = {"eval": "loss", "analytic": "gradient", "hessian": "Hessian product"}


def section_agreement(nets):
    parts = [f"{JOBS[row['job']]} of ResNet-{row['depth']}, {row['who']}: {row['difference']:.1e}"
             for row in nets["agreement"]]
    return "Relative differences of ours in single precision from theirs: " + "; ".join(parts) + ".\n"


def section(nets):
    t = Rows(nets)
    weights = "trained weights" if nets["trained"] else "drawn weights"
    return (f"The ResNets for CIFAR-10 with {weights}, {nets['machine']}.\n\n" +
            "\n".join([section_forward(nets, t), section_derivatives(t), section_agreement(nets)]))
