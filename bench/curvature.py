"""What bench/run measures of curvature on classifiers: a product with the Hessian matrix beside one gradient,
the extreme eigenvalues of a million parameters as the tool finds them, and with --full a map of both ends of
the spectrum over a plane, each point started from its neighbour's vectors or not."""
import json
import os
import sys

from tables import number, span, table

SIDE, MAP_IMAGES = 21, 5000


def tool(bench, *words):
    """The shipped tool, a whole process."""
    output, wall, peak = bench.watched([os.path.join(bench.build, "thalweg"), *words, "--threads", "2",
                                        "--quiet", "--json"])
    print(f"  {' '.join(words)}: {wall:.2f} s", file=sys.stderr, flush=True)
    return {"words": words, "wall": wall, "peak_kib": peak, "told": json.loads(output)}


def products(bench, quick):
    """Gradient and product of one model after the other, on all images."""
    rows, images = [], 2000 if quick else 0
    for hidden in (None, "64", "512"):
        row = {"model": f"mlp:{hidden}" if hidden else "softmax"}
        for job in ("analytic", "hessian"):
            done = (bench.network(job, images=images, repeats=3, hidden=hidden) if hidden else
                    bench.linear(job, "softmax", images=images, repeats=5))
            row.update({job: done["seconds"], "images": done["images"]})
        rows.append(row)
    return rows


def ratio_map(bench):
    """Of a network that was trained a little, on MAP_IMAGES: a map in full, and the points of its middle row once
    more, as a row, where each begins with its neighbour's vectors, and each by itself."""
    weights = os.path.join(bench.folder, "map-weights.h5")
    tool(bench, "train", "mlp:64", "--data", bench.data, "--method", "adam", "-n", "300", "-o", weights)

    def part(name, across, up):
        return tool(bench, "plane", "mlp:64", "--data", bench.data, "--weights", weights, "--limit",
                    str(MAP_IMAGES), "--curvature", f"--x={across}", f"--y={up}", "-o",
                    os.path.join(bench.folder, name), "--restart")

    whole, row = f"-1:1:{SIDE}", [-1 + 2 * i / (SIDE - 1) for i in range(SIDE)]
    return {"whole": part("map.h5", whole, whole), "row": part("map-row.h5", whole, "0:0:1"),
            "alone": [part("map-point.h5", f"{x!r}:{x!r}:1", "0:0:1") for x in row]}


def products_of(row):
    return row["told"].get("curvature", row["told"])["products"]


def starts(found):
    """Products a point, with and without a neighbour's vectors."""
    row, alone = products_of(found["row"]), sum(map(products_of, found["alone"]))
    return table([f"a row of {SIDE} points of the map, each begun with", "products a point", "s a point"],
                 [["its neighbour's vectors", number(row / SIDE), number(found["row"]["wall"] / SIDE)],
                  ["random ones (a process each, its start included)", number(alone / SIDE),
                   number(sum(one["wall"] for one in found["alone"]) / SIDE)]])


def run(bench, quick, full):
    million = tool(bench, "spectrum", "mlp:512", "--data", bench.data, "--limit", "200" if quick else "2000",
                   "--largest", "3", "--smallest", "2", "--tolerance", "1e-3")
    return {"products": products(bench, quick), "million": million,
            "map": ratio_map(bench) if full else None}


def section(found):
    rows = [[row["model"], f"{row['images']:,}", span(row["analytic"]), span(row["hessian"]),
             number(min(row["hessian"]) / min(row["analytic"]))] for row in found["products"]]
    text = table(["Hessian matrix", "images", "gradient, s", "product, s", "gradients a product"], rows)
    rows = []
    for row in [found["million"], *([found["map"]["whole"]] if found["map"] else [])]:
        words = " ".join(os.path.basename(word) for word in row["words"])
        rows.append([f"`thalweg {words}`", number(row["wall"]), f"{products_of(row):,}",
                     f"{row['peak_kib'] / 1024:.0f}"])
    text += "\n" + table(["whole process", "s", "products", "peak memory, MB"], rows)
    return text + ("\n" + starts(found["map"]) if found["map"] else "")
