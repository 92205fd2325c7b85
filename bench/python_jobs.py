"""python_jobs.py JOB [REPEATS]: one of bench/python.py's measurements, in a process of its own; prints JSON."""
import json
import os
import resource
import sys
import time

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
import thalweg  # noqa: E402

functional = torch.nn.functional
VARIABLES = 1000


def timed(function):
    start = time.perf_counter()
    answer = function()
    return time.perf_counter() - start, answer


# ---- overhead a call ----

def rosenbrock(x):
    return float(np.sum(100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2))


def first(x):
    return x[0]


def bare(f, x):
    """Forward differences as one writes them down; the calls."""
    base, out, h = f(x), np.empty(x.size), 1.5e-8
    for k in range(x.size):
        old = x[k]
        x[k] = old + h
        out[k] = (f(x) - base) / h
        x[k] = old
    return x.size + 1


def calls(repeats):
    from scipy.optimize import approx_fprime
    rows = []
    for f in (rosenbrock, first):
        x = np.random.default_rng(0).normal(size=VARIABLES)

        def ours():
            return thalweg.gradient(f, x, method="forward", step=1.5e-8).evaluations

        def scipys():
            approx_fprime(x, f, 1.5e-8)
            return x.size + 1

        ways = {"bare loop": lambda: bare(f, x), "SciPy approx_fprime": scipys, "thalweg.gradient, forward": ours}
        for who, way in ways.items():
            found = [timed(way) for _ in range(repeats)]
            rows.append({"function": f.__name__, "who": who, "calls": found[0][1],
                         "each": [seconds / count for seconds, count in found]})
    return rows


# ---- a gradient check ----

def twisted(x, forward, backward):
    """forward(x), whose derivative is backward(x, g) by its author."""
    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            return backward(ctx.saved_tensors[0], g)

    return Function.apply(x)


def changed(parameter, change):
    """The parameter, whose gradient comes out changed."""
    return twisted(parameter, lambda p: p.clone(), lambda _, g: change(g))


def tanh(x, fault):
    return twisted(x, torch.tanh, lambda x, g: g * (1 - torch.tanh(x))) if fault else torch.tanh(x)


def sigmoid(x, fault):
    return twisted(x, torch.sigmoid, lambda x, g: g * torch.sigmoid(x)) if fault else torch.sigmoid(x)


def relu(x, fault):
    return twisted(x, torch.relu, lambda x, g: g) if fault else torch.relu(x)


def normal(x, axis, fault):
    """Normalised over an axis; the derivative of its mean, its variance or its epsilon may be forgotten."""
    eps = 1e-5
    mean, var = x.mean(axis, keepdim=True), x.var(axis, keepdim=True, unbiased=False)
    if fault == "mean":
        mean = mean.detach()
    if fault == "variance":
        var = var.detach()
    out = (x - mean) / torch.sqrt(var + eps)
    if fault != "epsilon":
        return out
    return twisted(out, lambda y: y.clone(), lambda _, g: g * torch.sqrt((var + eps) / var).detach())


def loss_of(layer, p, x, y, fault=None):
    """The loss of a small layer; `fault` is what its author did wrong in the derivatives."""
    w, b = p["w"], p["b"]
    batch = x.shape[0]
    changes = {"sign of W": ("w", torch.neg), "W not divided by the samples": ("w", lambda g: g * batch),
               "bias forgotten": ("b", torch.zeros_like), "W transposed": ("w", lambda g: g.T.contiguous()),
               "kernel turned round": ("w", lambda g: g.flip(-1, -2))}
    if fault in changes:
        which, change = changes[fault]
        w, b = (changed(w, change), b) if which == "w" else (w, changed(b, change))
    if layer == "convolution":
        z = functional.conv2d(x.reshape(batch, 1, 4, 4), w, b).flatten(1)
        return functional.cross_entropy(torch.tanh(z), y)
    z = x[:, :w.shape[0]] @ w + b
    if layer == "tanh":
        z = tanh(z, fault == "tanh: 1 - h")
    elif layer == "sigmoid":
        z = sigmoid(z, fault == "sigmoid: s")
    elif layer == "ReLU":
        z = relu(z, fault == "ReLU open")
    elif layer == "batch norm":
        z = normal(z, 0, fault)
    elif layer == "layer norm":
        z = normal(z, 1, fault)
    square = (w**2).sum()
    if fault == "regulariser by half":
        square = square / 2 + square.detach() / 2
    return functional.cross_entropy(z, y) + 1e-3 * square


FAULTS = (("linear", "sign of W"), ("linear", "W not divided by the samples"), ("linear", "bias forgotten"),
          ("linear", "W transposed"), ("tanh", "tanh: 1 - h"), ("sigmoid", "sigmoid: s"), ("ReLU", "ReLU open"),
          ("convolution", "kernel turned round"), ("batch norm", "mean"), ("layer norm", "variance"),
          ("batch norm", "epsilon"), ("linear", "regulariser by half"))
LAYERS = ("linear", "tanh", "sigmoid", "ReLU", "convolution", "batch norm", "layer norm")


class Layer(torch.nn.Module):
    def __init__(self, layer, fault, seed):
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        shape = (3, 1, 3, 3) if layer == "convolution" else (3, 3)
        self.w, self.b = (torch.nn.Parameter(torch.randn(shape, generator=draw, dtype=torch.float64))
                          for shape in (shape, (3,)))
        self.x = torch.randn(8, 16, generator=draw, dtype=torch.float64)
        self.y = torch.randint(0, 3, (8,), generator=draw)
        self.layer, self.fault = layer, fault

    def forward(self, x, y):
        return loss_of(self.layer, {"w": self.w, "b": self.b}, x, y, self.fault)

    def by_thalweg(self):
        f = thalweg.torch.Objective(self, lambda value, _: value, [(self.x, self.y)],
                                    forward=lambda model, batch: (model(*batch), None))
        return thalweg.check_gradient(f).verdict

    def by_torch(self):
        def function(w, b):
            return loss_of(self.layer, {"w": w, "b": b}, self.x, self.y, self.fault)

        right = torch.autograd.gradcheck(function, (self.w, self.b), raise_exception=False)
        return "pass" if right else "fail"


def checks(points):
    rows = []
    for who in ("by_thalweg", "by_torch"):
        missed, others, alarms, times = [], 0, [], []
        for layer, fault in FAULTS:
            verdict = getattr(Layer(layer, fault, 1), who)()
            missed += [f"{layer}: {fault}"] if verdict != "fail" else []
        for k in range(points):
            one = Layer(LAYERS[k % len(LAYERS)], None, 100 + k)
            seconds, verdict = timed(getattr(one, who))
            times.append(seconds)
            alarms += [f"{one.layer} {100 + k}"] if verdict == "fail" else []
            others += verdict == "inconclusive"
        rows.append({"who": who[3:], "faults": len(FAULTS), "missed": missed, "points": points, "alarms": alarms,
                     "inconclusive": others, "median": float(np.median(times)), "total": sum(times)})
    return rows


# ---- a plane ----

def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                               torch.nn.Conv2d(8, 16, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(256, 10))


def trained():
    """A small convolutional network after some steps, and its 1,000 pictures."""
    model, draw = network(), torch.Generator().manual_seed(1)
    centres = torch.randn(10, 1, 14, 14, generator=draw)
    y = torch.arange(1000) % 10
    x = centres[y] + 1.5 * torch.randn(1000, 1, 14, 14, generator=draw)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for step in range(60):
        part = torch.arange(50 * step, 50 * step + 50) % 1000
        optimizer.zero_grad()
        functional.cross_entropy(model(x[part]), y[part]).backward()
        optimizer.step()
    return model.eval(), x, y


def loop(model, loss, x, y, dx, dy, axis):
    """As one writes it down."""
    with torch.no_grad():
        parameters = list(model.parameters())
        start = [p.clone() for p in parameters]
        out = np.empty((axis.size, axis.size))
        for j, b in enumerate(axis):
            for i, a in enumerate(axis):
                for p, w, u, v in zip(parameters, start, dx, dy):
                    p.copy_(w + float(a) * u + float(b) * v)
                out[j, i] = loss(model(x), y).item()
        for p, w in zip(parameters, start):
            p.copy_(w)
    return out


def planes(repeats, points=51):
    model, x, y = trained()
    loss = torch.nn.CrossEntropyLoss()
    passes = [0]
    model.register_forward_pre_hook(lambda *_: passes.__setitem__(0, passes[0] + 1))
    f = thalweg.torch.Objective(model, loss, (x, y))
    d = thalweg.directions(f, f.vector(), norm="filter", seed=1)
    axis = np.linspace(-1, 1, points)
    torch_directions = []
    for vector in (d.x, d.y):
        parts = f._blocks_layout().view(np.asarray(vector))
        torch_directions.append([torch.tensor(parts[name], dtype=torch.float32) for name in parts])
    ways = {"loop": lambda: loop(model, loss, x, y, *torch_directions, axis),
            "full": lambda: thalweg.plane(f, dx=d.x, dy=d.y, points=points),
            "adaptive": lambda: thalweg.plane(f, dx=d.x, dy=d.y, points=points, adaptive=0.01)}
    f(None)
    rows, surfaces = {who: {"who": who, "seconds": []} for who in ways}, {}
    for _ in range(repeats):
        for who, way in ways.items():
            passes[0] = 0
            seconds, surfaces[who] = timed(way)
            rows[who]["seconds"].append(seconds)
            rows[who]["passes"] = passes[0]
    truth = np.asarray(surfaces["loop"])
    for who, row in rows.items():
        row["error"] = float(np.abs(np.asarray(surfaces[who]) - truth).max() / np.ptp(truth))
    return {"points": points, "ways": list(rows.values())}


# ---- memory ----

def memory(way):
    """The most that a process holds with a model of 36 MB: alone, in a loop, in thalweg.plane."""
    model = torch.nn.Linear(3000, 3000)
    x, y = torch.randn(2, 3000), torch.randn(2, 3000)
    f = thalweg.torch.Objective(model, functional.mse_loss, (x, y))
    if way == "loop":
        torch.manual_seed(1)
        dx, dy = ([torch.randn_like(p) for p in model.parameters()] for _ in range(2))
        loop(model, functional.mse_loss, x, y, dx, dy, np.linspace(-1, 1, 3))
    elif way == "thalweg":
        thalweg.plane(f, points=3)
    elif way == "gradient":
        f.value_and_gradient(f.start)
    else:
        with torch.no_grad():
            functional.mse_loss(model(x), y)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


JOBS = {"calls": lambda n: calls(int(n)), "checks": lambda n: checks(int(n)),
        "planes": lambda n: planes(int(n)), "planes-small": lambda n: planes(int(n), 15), "memory": memory}


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(JOBS[sys.argv[1]](sys.argv[2])))
