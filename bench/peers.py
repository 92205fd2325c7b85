"""The same losses by NumPy and PyTorch, the way people write them, timed.

    peers.py numpy|torch|torch-mlp RECORDS POINTS OUT

RECORDS: files of CIFAR-10 records (comma between them); POINTS: W, D1, D2 as raw doubles, of the
linear classifiers or (torch-mlp) of a network with one hidden layer, whose size they tell; OUT: a
JSON file for what thalweg computed and what is compared with it. Prints a JSON array of
measurements. The environment (threads, BLAS core) is set by the caller.
"""
import json
import resource
import sys
import time

import numpy as np

REG, STEP, SIDE, CLASSES = 5e-6, 1e-5, 51, 10
results = []


def timed(name, function, repeats, **more):
    """One call to warm up, then `repeats` timed ones."""
    value = function()
    wall, cpu = [], []
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        value = function()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    results.append({"name": name, "seconds": wall, "seconds_cpu": cpu, **more})
    return value


def read(records, points):
    """Images as bytes, labels, and the three points, a row each."""
    raw = np.concatenate([np.fromfile(f, np.uint8) for f in records.split(",")])
    raw = raw.reshape(-1, 3073)
    return raw[:, 1:], raw[:, 0].astype(np.int64), np.fromfile(points).reshape(3, -1)


def prepare(images):
    """As in CS231n: the mean image subtracted, 1 appended."""
    x = np.ones((images.shape[0], images.shape[1] + 1))
    x[:, :-1] = images
    x[:, :-1] -= images.mean(axis=0, dtype=np.float64)
    return x


# ---- NumPy, after the assignments of CS231n ----

def softmax_loss(w, x, y, gradient=False):
    scores = x.dot(w)
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    sums = p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = np.mean(np.log(sums[:, 0]) - scores[rows, y]) + REG * np.sum(w * w)
    if not gradient:
        return loss
    p /= sums
    p[rows, y] -= 1
    return loss, x.T.dot(p) / len(y) + 2 * REG * w


def svm_loss(w, x, y, gradient=False):
    scores = x.dot(w)
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / len(y) + REG * np.sum(w * w)
    if not gradient:
        return loss
    active = (margins > 0).astype(np.float64)
    active[rows, y] = -active.sum(axis=1)
    return loss, x.T.dot(active) / len(y) + 2 * REG * w


LOSSES = {"softmax": softmax_loss, "svm": svm_loss}


def sampled_entries():
    return [(int(d), int(c)) for d, c in zip(np.linspace(0, 3072, 8), (0, 3, 6, 9, 2, 5, 8, 1))]


def forward_differences(loss, w, x, y):
    """The loop of the course, at some entries."""
    moved, base, out = w.copy(), loss(w, x, y), []
    for entry in sampled_entries():
        old = moved[entry]
        moved[entry] = old + STEP
        out.append((loss(moved, x, y) - base) / STEP)
        moved[entry] = old
    return out


def exact_differences(w, x, y):
    """The softmax differences in extended precision, term by term, without cancellation."""
    scores = (x.dot(w)).astype(np.longdouble)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    h, out = np.longdouble(STEP), []
    for d, c in sampled_entries():
        move = h * x[:, d].astype(np.longdouble)
        data = np.log1p(p[:, c] * np.expm1(move)).sum() - move[y == c].sum()
        out.append(float(data / len(y) / h + np.longdouble(REG) * (2 * w[d, c] + h)))
    return out


def sampled_points():
    """(a, b, place in the plane) of some of the 51 x 51 points."""
    grid = np.linspace(-1, 1, SIDE)
    return [(grid[i], grid[j], j * SIDE + i) for i, j in
            ((0, 0), (50, 0), (0, 50), (50, 50), (25, 25), (7, 31), (44, 12))]


def run_numpy(images, labels, points):
    w, d1, d2 = points.reshape(3, 3073, CLASSES)
    x = prepare(images)
    answers = {}
    for name, loss in LOSSES.items():
        value = timed(f"numpy eval {name}", lambda: loss(w, x, labels), 4)
        _, gradient = timed(f"numpy analytic {name}", lambda: loss(w, x, labels, True), 2)
        answers[name] = {
            "loss": value,
            "gradient": gradient.ravel().tolist(),
            "entries": [d * CLASSES + c for d, c in sampled_entries()],
            "differences": forward_differences(loss, w, x, labels),
            "places": [place for _, _, place in sampled_points()],
            "plane": [loss(w + a * d1 + b * d2, x, labels) for a, b, _ in sampled_points()],
        }
    answers["softmax"]["exact"] = exact_differences(w, x, labels)
    return answers


# ---- PyTorch ----

def torch_losses():
    from torch.nn import functional

    # the mean over classes that multi_margin_loss takes is undone
    return {"softmax": functional.cross_entropy,
            "svm": lambda s, y: functional.multi_margin_loss(s, y) * CLASSES}


def time_torch(torch, kind, x, y, points):
    """Every way of the table for one type of number."""
    w, d1, d2 = points
    grid = torch.linspace(-1, 1, SIDE, dtype=x.dtype)
    answers = {}
    with torch.no_grad():
        parts = timed(f"torch {kind} products", lambda: (x @ w, x @ d1, x @ d2), 2)
    for name, loss in torch_losses().items():
        def regularised(v, scores):
            return loss(scores, y) + REG * (v * v).sum()

        def gradient():
            v = w.clone().requires_grad_()
            regularised(v, x @ v).backward()
            return v.grad

        def row_pass_by_pass():
            for a in grid[::10]:
                v = w + a * d1 + 0.5 * d2
                last = regularised(v, x @ v)
            return last

        def row_from_scores():
            s, s1, s2 = parts
            for a in grid:
                last = loss(s + a * s1 + 0.5 * s2, y)
            return last

        with torch.no_grad():
            value = timed(f"torch {kind} eval {name}", lambda: regularised(w, x @ w), 4)
            timed(f"torch {kind} plane {name}", row_pass_by_pass, 1, points=len(grid[::10]))
            timed(f"torch {kind} scores {name}", row_from_scores, 2, points=SIDE)
        timed(f"torch {kind} analytic {name}", gradient, 2)
        answers[name] = {"loss": float(value)}
    return answers


def time_epochs(torch, kind, x, y, w):
    """One pass over the images in mini-batches, as PyTorch's users write it, and the loss after."""
    loss = torch_losses()["softmax"]
    for name, method, rate in (("sgd", torch.optim.SGD, 3e-7), ("adam", torch.optim.Adam, 1e-6)):
        def epoch():
            v = w.clone().requires_grad_()
            optimizer = method([v], lr=rate)
            for part in torch.randperm(len(x)).split(256):
                optimizer.zero_grad()
                (loss(x[part] @ v, y[part]) + REG * (v * v).sum()).backward()
                optimizer.step()
            with torch.no_grad():
                return loss(x @ v, y) + REG * (v * v).sum()
        timed(f"torch {kind} epoch-{name} softmax", epoch, 2)


def run_torch(images, labels, points):
    import torch

    torch.set_num_threads(2)
    x = torch.from_numpy(prepare(images))
    y = torch.from_numpy(labels)
    points = torch.from_numpy(points.reshape(3, 3073, CLASSES))
    answers = time_torch(torch, "float64", x, y, points)
    time_torch(torch, "float32", x.float(), y, points.float())
    time_epochs(torch, "float64", x, y, points[0])
    time_epochs(torch, "float32", x.float(), y, points[0].float())
    return answers


# ---- PyTorch, a network with one hidden layer of relu ----

def network_parts(vector, features):
    """fc1.weight, fc1.bias, fc2.weight, fc2.bias out of one row of numbers."""
    hidden = (len(vector) - CLASSES) // (features + 1 + CLASSES)
    sizes = (hidden * features, hidden, CLASSES * hidden, CLASSES)
    w1, b1, w2, b2 = vector.split(sizes)
    return w1.view(hidden, features), b1, w2.view(CLASSES, hidden), b2


def time_network(torch, kind, x, y, points):
    from torch.nn import functional

    w, d1, d2 = points
    grid = torch.linspace(-1, 1, SIDE, dtype=x.dtype)

    def loss(v, first=None):
        w1, b1, w2, b2 = network_parts(v, x.shape[1])
        z = functional.linear(x, w1, b1) if first is None else first
        data = functional.cross_entropy(functional.linear(torch.relu(z), w2, b2), y)
        return data + REG * ((w1 * w1).sum() + (w2 * w2).sum())

    def gradient(rows=None):
        v = w.clone().requires_grad_()
        w1, b1, w2, b2 = network_parts(v, x.shape[1])
        some, labels = (x, y) if rows is None else (x[rows], y[rows])
        scores = functional.linear(torch.relu(functional.linear(some, w1, b1)), w2, b2)
        value = functional.cross_entropy(scores, labels)
        (value + REG * ((w1 * w1).sum() + (w2 * w2).sum())).backward()
        return v.grad

    def first_layers():
        return [functional.linear(x, *network_parts(v, x.shape[1])[:2]) for v in (w, d1, d2)]

    def plane_from_first_layers(parts, count):
        u, v1, v2 = parts
        for a in grid[::SIDE // count]:
            last = loss(w + a * d1 + 0.5 * d2, u + a * v1 + 0.5 * v2)
        return last

    with torch.no_grad():
        value = timed(f"torch {kind} eval mlp", lambda: loss(w), 2)
        timed(f"torch {kind} plane mlp", lambda: loss(w + 0.5 * d1 + 0.5 * d2), 2)
        parts = timed(f"torch {kind} products mlp", first_layers, 1)
        timed(f"torch {kind} parts mlp", lambda: plane_from_first_layers(parts, 3), 1,
              points=len(grid[::SIDE // 3]))
        del parts
        plane = [] if kind != "float64" else [float(loss(w + a * d1 + b * d2))
                                              for a, b, _ in sampled_points()]
    timed(f"torch {kind} analytic mlp", gradient, 1)
    batch = torch.from_numpy(np.random.default_rng(1).integers(0, len(y), 256))
    timed(f"torch {kind} batch mlp", lambda: gradient(batch), 5)
    return {"loss": float(value), "plane": plane, "places": [p for _, _, p in sampled_points()]}


def run_torch_mlp(images, labels, points):
    import torch

    torch.set_num_threads(2)
    x = images - images.mean(axis=0, dtype=np.float64)
    x /= np.sqrt(np.mean(x * x))
    x, y, points = torch.from_numpy(x), torch.from_numpy(labels), torch.from_numpy(points)
    answers = time_network(torch, "float64", x, y, points)
    x = x.float()
    time_network(torch, "float32", x, y, points.float())
    return answers


RUNS = {"numpy": run_numpy, "torch": run_torch, "torch-mlp": run_torch_mlp}


def main():
    which, records, points, out = sys.argv[1:]
    start = time.perf_counter()
    images, labels, points = read(records, points)
    answers = RUNS[which](images, labels, points)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results.append({"name": f"{which} process", "seconds": [time.perf_counter() - start],
                    "seconds_cpu": [time.process_time()], "peak_kib": peak})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
