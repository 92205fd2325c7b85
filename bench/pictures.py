"""What bench/run measures of pictures and pages, whole processes: contour figures beside matplotlib's (start
included), pages and how smoothly they turn, and how fast a live page answers a zoom."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request

from tables import number, span, table

HERE = os.path.dirname(os.path.abspath(__file__))
SIDES, PAGES, ZOOM, ZOOMS, SECONDS = (51, 1001), (51, 251), 21, 15, 4


def surface(bench, side):
    path = os.path.join(bench.folder, f"himmelblau-{side}.h5")
    bench.watched([os.path.join(bench.build, "thalweg"), "plane", "himmelblau", f"--x=-5:5:{side}", f"--y=-5:5:{side}",
                   "-o", path, "--quiet", "--restart"])
    return path


def figures(bench, repeats):
    """Best of some, the one after the other."""
    rows = []
    for side in SIDES:
        path, picture = surface(bench, side), os.path.join(bench.folder, "figure.png")
        ours = [os.path.join(bench.build, "thalweg"), "plot", path, "-o", picture]
        ways = {"thalweg plot": ours, "thalweg plot --view heat": [*ours, "--view", "heat"],
                "matplotlib": ["/usr/bin/python3", os.path.join(HERE, "peers_pictures.py"), path, picture]}
        if subprocess.run(["/usr/bin/python3", "-c", "import matplotlib"], capture_output=True).returncode:
            del ways["matplotlib"]
        for who, command in ways.items():
            found = [bench.watched(command) for _ in range(repeats)]
            rows.append({"side": side, "who": who, "seconds": [wall for _, wall, _ in found],
                         "peak_kib": max(peak for _, _, peak in found)})
    return rows


def pages(bench):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-headless-shell", "google-chrome"))), None)
    ready = browser and shutil.which("node") and os.path.isdir(os.path.join(HERE, "../tests/viewer/node_modules"))
    rows = []
    for side in PAGES:
        page = os.path.join(bench.folder, f"page-{side}.html")
        _, wall, _ = bench.watched([os.path.join(bench.build, "thalweg"), "view", surface(bench, side), "-o", page])
        row = {"side": side, "wall": wall, "bytes": os.path.getsize(page), "turned": None}
        if ready:
            done = subprocess.run(["node", os.path.join(HERE, "frames.js"), browser, page, str(SECONDS)],
                                  capture_output=True, text=True, check=True)
            row["turned"] = json.loads(done.stdout)
        rows.append(row)
    return rows


class Live:
    """`thalweg view --live` on softmax and all images, asked by one client that keeps its stream of events open."""

    def __init__(self, bench):
        self.process = subprocess.Popen(
            [os.path.join(bench.build, "thalweg"), "view", "--live", "plane", "softmax", "--data", bench.data, "--seed",
             "1", "--x=-1:1:21", "--y=-1:1:21", "-o", os.path.join(bench.folder, "live.h5"), "--restart"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        self.events = urllib.request.urlopen(self.address + "events", timeout=60)
        self.known = {1}
        self.until("status", lambda told: told["done"] == told["total"])

    def until(self, wanted, enough):
        """Reads events until one of that name is enough; its data."""
        name = None
        for line in self.events:
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name == wanted:
                told = json.loads(line[6:])
                if enough(told):
                    return told
        raise RuntimeError("the server ended")

    def ask(self, what, **question):
        request = urllib.request.Request(self.address + what, json.dumps(question).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def zoom(self, step):
        """Seconds until it is accepted, until points are there, and until all are."""
        start, marks = time.perf_counter(), []
        low = -0.5 + 0.01 * step
        self.ask("zoom", x=[low, low + 0.3], y=[-0.2, 0.1], points=ZOOM)
        marks.append(time.perf_counter() - start)

        def first(told):
            return told["id"] not in self.known

        self.known.add(self.until("points", first)["id"])
        marks.append(time.perf_counter() - start)
        self.until("answer", lambda told: told["kind"] == "done")
        return [*marks, time.perf_counter() - start]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def live(bench):
    server = Live(bench)
    try:
        found = []
        for k in range(ZOOMS):
            found.append(server.zoom(k))
            time.sleep(0.1)
        return {"zooms": found}
    finally:
        server.stop()


def run(bench, quick, _full):
    print("pictures ...", file=sys.stderr, flush=True)
    return {"figures": figures(bench, 2 if quick else 7), "pages": pages(bench), "live": live(bench)}


def section(found):
    rows = [[f"{row['side']} x {row['side']}", f"`{row['who']}`" if row["who"] != "matplotlib" else "matplotlib, contour lines with labels",
             span(row["seconds"]), number(min(row["seconds"]) / min(next(r["seconds"] for r in found["figures"] if
                                                                          (r["side"], r["who"]) == (row["side"], "thalweg plot")))),
             f"{row['peak_kib'] / 1024:.0f}"] for row in found["figures"]]
    text = table(["figure, whole process", "by", "s", "times ours", "peak memory, MB"], rows)
    rows = [[f"{row['side']} x {row['side']}", number(row["wall"]), f"{row['bytes'] / 1000:.0f}",
             f"{row['turned']['rate']:.0f}" if row["turned"] else "not measured",
             f"{row['turned']['longest']:.0f}" if row["turned"] else ""] for row in found["pages"]]
    text += "\n" + table(["page", "`thalweg view`, s", "kB", "frames a second, turning", "longest, ms"], rows)
    rows = [[what, f"{statistics.median(times) * 1e3:.1f}", f"{max(times) * 1e3:.1f}"] for what, times in
            zip(("accepted", "first points", "all 441 points"), zip(*found["live"]["zooms"]))]
    return text + "\n" + table([f"live zoom, softmax, {ZOOM} x {ZOOM} points", "median, ms", "worst, ms"], rows)
