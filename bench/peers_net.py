"""The CIFAR ResNets in PyTorch, the way people write them, timed.

    peers_net.py prepare RECORDS COUNT IMAGES LABELS   the first images, ready for a network
    peers_net.py export WORK MODEL                     the network as an ONNX file
    peers_net.py curvature BATCH TOLERANCE MOST DRAWS TRUTH WORK   the power method in at most MOST
                                      products, and the trace by DRAWS random vectors
    peers_net.py JOB WAY BATCHES SECONDS WORK [OUT]

RECORDS: files of CIFAR-10 records (comma between them); IMAGES: float32, N x 3 x 32 x 32; LABELS: a
byte each. JOB is eval, analytic, hessian or plane; WAY one of WAYS; BATCHES are sizes. Of several sizes
each is tried for a moment, of one the whole set is gone through for SECONDS at least. WORK is a JSON
file: depth, images (how many), data and labels (the files above), points (the parameters and a
vector, raw doubles) and blocks (names and shapes of these). OUT gets what was computed: the outputs
as float32, or the gradient or product as doubles in the order of the points; of a plane nothing.
Prints a JSON object. The environment (threads) is set by the caller.
"""
import json
import sys
import time

import numpy as np

CHANNELS = (16, 32, 64)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
WAYS = ("eager", "channels last", "frozen", "frozen, channels last", "optimised for inference")
TRY_SECONDS = 0.3


def prepare(records, count, images, labels):
    raw = np.concatenate([np.fromfile(f, np.uint8, int(count) * 3073) for f in records.split(",")])
    raw = raw.reshape(-1, 3073)[:int(count)]
    x = raw[:, 1:].reshape(-1, 3, 32, 32) / np.float32(255)
    x -= np.float32(MEAN).reshape(3, 1, 1)
    x /= np.float32(STD).reshape(3, 1, 1)
    x.tofile(images)
    raw[:, 0].tofile(labels)


# ---- the networks ----

def resnet(torch, depth):
    """He et al., section 4.2, with shortcuts of option A."""
    from torch import nn
    from torch.nn import functional

    def convolution(inputs, outputs, stride):
        return nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1, self.bn1 = convolution(inputs, outputs, stride), nn.BatchNorm2d(outputs)
            self.conv2, self.bn2 = convolution(outputs, outputs, 1), nn.BatchNorm2d(outputs)
            self.stride, self.more = stride, (outputs - inputs) // 2

        def forward(self, x):
            y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
            if self.more > 0:
                x = functional.pad(x[:, :, ::self.stride, ::self.stride],
                                   (0, 0, 0, 0, self.more, self.more))
            return functional.relu(y + x)

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1 = convolution(3, CHANNELS[0], 1), nn.BatchNorm2d(CHANNELS[0])
            inputs = CHANNELS[0]
            for stage, outputs in enumerate(CHANNELS, 1):
                blocks = [Block(inputs if k == 0 else outputs, outputs,
                                2 if stage > 1 and k == 0 else 1) for k in range((depth - 2) // 6)]
                setattr(self, f"layer{stage}", nn.Sequential(*blocks))
                inputs = outputs
            self.linear = nn.Linear(CHANNELS[-1], 10)

        def forward(self, x):
            y = functional.relu(self.bn1(self.conv1(x)))
            y = self.layer3(self.layer2(self.layer1(y)))
            return self.linear(y.mean((2, 3)))

    return ResNet().eval()


def tensors(torch, work, which):
    """The parameters (0) or the vector (1) of the points, by name."""
    sizes = [int(np.prod(shape)) for _, shape in work["blocks"]]
    flat = np.fromfile(work["points"]).reshape(2, -1)[which].astype(np.float32)
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    return {name: torch.from_numpy(part.reshape(shape))
            for (name, shape), part in zip(work["blocks"], parts)}


def load(torch, work):
    net = resnet(torch, work["depth"])
    absent, unknown = net.load_state_dict(tensors(torch, work, 0), strict=False)
    if unknown or any(not name.endswith("num_batches_tracked") for name in absent):
        sys.exit(f"peers_net: the blocks are not those of the network: {absent} {unknown}")
    return net


def made_ready(torch, net, way, example):
    """The network as it is run in that way."""
    if "channels last" in way:
        net = net.to(memory_format=torch.channels_last)
    if way in ("eager", "channels last"):
        return net
    with torch.no_grad():
        traced = torch.jit.trace(net, example)
        return (torch.jit.freeze(traced) if way.startswith("frozen") else
                torch.jit.optimize_for_inference(traced))


# ---- the jobs: each a function of one batch, and one that begins a pass ----

def job_eval(torch, net, work):
    def run(x, y):
        with torch.no_grad():
            return net(x)
    return run, lambda: None


def job_plane(torch, net, work):
    """A point of a plane: the parameters are moved there, and the loss is taken."""
    from torch.nn import functional

    point, vector = tensors(torch, work, 0), tensors(torch, work, 1)

    def move():
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                parameter.copy_(point[name] + 1e-3 * vector[name] - 1e-3 * vector[name])

    def run(x, y):
        with torch.no_grad():
            return functional.cross_entropy(net(x), y, reduction="sum")
    return run, move


def job_analytic(torch, net, work):
    """Adds to the gradients of the parameters, as training does."""
    from torch.nn import functional

    def run(x, y):
        (functional.cross_entropy(net(x), y, reduction="sum") / work["images"]).backward()
    return run, net.zero_grad


def double_backward(torch, net, work):
    """The gradient of gradient . v, added to .grad."""
    from torch.nn import functional

    parameters = list(net.parameters())

    def run(x, y, vector):
        loss = functional.cross_entropy(net(x), y, reduction="sum") / work["images"]
        first = torch.autograd.grad(loss, parameters, create_graph=True)
        torch.autograd.backward(sum((g * v).sum() for g, v in zip(first, vector)),
                                inputs=parameters)
    return run, net.zero_grad


def job_hessian(torch, net, work):
    vector = tensors(torch, work, 1)
    vector = [vector[name] for name, _ in net.named_parameters()]
    run, begin = double_backward(torch, net, work)
    return lambda x, y: run(x, y, vector), begin


JOBS = {"eval": job_eval, "plane": job_plane, "analytic": job_analytic, "hessian": job_hessian}


# ---- curvature, as PyHessian has it ----

def power(run, begin, net, parts, tolerance, most, truth):
    """The largest eigenvalue by the power method, as PyHessian stops it (where it moves by less than
    `tolerance`) and on, until it lies within `tolerance` of `truth`. `stopped` and `there` count
    products, 0 where it never came so far."""
    import torch

    parameters = list(net.parameters())
    vector = [torch.randn_like(p) for p in parameters]
    values, wall, stopped, there = [], [], 0, 0
    while len(wall) < most and not (stopped and there):
        start = time.perf_counter()
        size = float(sum((v * v).sum() for v in vector)) ** 0.5
        vector = [v / size for v in vector]
        product = product_of(run, begin, parameters, parts, vector)
        values.append(float(sum((v * h).sum() for v, h in zip(vector, product))))
        vector = product
        wall.append(time.perf_counter() - start)
        if not stopped and len(values) > 1 and abs(values[-1] / values[-2] - 1) < tolerance:
            stopped = len(values)
        if not there and abs(values[-1] / truth - 1) < tolerance:
            there = len(values)
    return {"values": values, "seconds": wall, "stopped": stopped, "there": there}


def hutchinson(run, begin, net, parts, draws):
    """v'Hv for Rademacher vectors v."""
    import torch

    parameters, found, wall = list(net.parameters()), [], []
    for _ in range(draws):
        start = time.perf_counter()
        vector = [torch.randint_like(p, 2) * 2 - 1 for p in parameters]
        product = product_of(run, begin, parameters, parts, vector)
        found.append(float(sum((v * h).sum() for v, h in zip(vector, product))))
        wall.append(time.perf_counter() - start)
    return {"values": found, "seconds": wall}


def product_of(run, begin, parameters, parts, vector):
    begin()
    for x, y in parts:
        run(x, y, vector)
    return [p.grad.detach().clone() for p in parameters]


def curvature(batch, tolerance, most, draws, truth, work):
    import torch

    torch.set_num_threads(2)
    torch.manual_seed(1)
    net = load(torch, work)
    x = torch.from_numpy(np.fromfile(work["data"], np.float32, work["images"] * 3072))
    y = torch.from_numpy(np.fromfile(work["labels"], np.uint8, work["images"]).astype(np.int64))
    parts = list(zip(x.view(-1, 3, 32, 32).split(batch), y.split(batch)))
    run, begin = double_backward(torch, net, work)
    return {"power": power(run, begin, net, parts, tolerance, most, truth),
            "trace": hutchinson(run, begin, net, parts, draws)}


def write(work, net, job, found, out):
    if job == "eval":
        np.concatenate([part.numpy() for part in found]).tofile(out)
        return
    gradients = {name: p.grad.contiguous() for name, p in net.named_parameters()}
    np.concatenate([gradients[name].numpy().ravel().astype(np.float64) if name in gradients
                    else np.zeros(int(np.prod(shape))) for name, shape in work["blocks"]]).tofile(out)


def try_batches(make, x, y, batches):
    """Images a second at each size."""
    rates = {}
    for batch in batches:
        run, _ = make(x[:batch])
        run(x[:batch], y[:batch])
        run(x[:batch], y[:batch])
        start, rounds = time.perf_counter(), 0
        while rounds == 0 or time.perf_counter() - start < TRY_SECONDS:
            run(x[:batch], y[:batch])
            rounds += 1
        rates[batch] = rounds * min(batch, len(x)) / (time.perf_counter() - start)
    return {"tried": rates}


def measure(run, begin, x, y, batch, seconds):
    """Passes over all images; the first one is to warm up, and what it found is kept."""
    parts = list(zip(x.split(batch), y.split(batch)))
    wall, cpu, found = [], [], None
    while not wall or sum(wall) < seconds:
        start, start_cpu = time.perf_counter(), time.process_time()
        begin()
        last = [run(*part) for part in parts]
        if found is None:
            found = last
            if seconds > 0:
                continue
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    return {"seconds": wall, "seconds_cpu": cpu, "batch": batch, "images": len(x)}, found


def timed(job, way, batches, seconds, work, out=None):
    import torch

    torch.set_num_threads(2)
    torch.manual_seed(1)
    net = load(torch, work)
    x = torch.from_numpy(np.fromfile(work["data"], np.float32, work["images"] * 3072))
    x = x.view(-1, 3, 32, 32)
    if "channels last" in way:
        x = x.contiguous(memory_format=torch.channels_last)
    y = torch.from_numpy(np.fromfile(work["labels"], np.uint8, work["images"]).astype(np.int64))

    def make(example):
        return JOBS[job](torch, made_ready(torch, net, way, example), work)

    if len(batches) > 1:
        return try_batches(make, x, y, batches)
    result, found = measure(*make(x[:batches[0]]), x, y, batches[0], seconds)
    if out is not None and job != "plane":
        write(work, net, job, found, out)
    return result


def export(work, model):
    import torch

    torch.onnx.export(load(torch, work), torch.zeros(1, 3, 32, 32), model, input_names=["input"],
                      output_names=["logits"], dynamic_axes={"input": {0: "n"}, "logits": {0: "n"}})


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    if sys.argv[1] == "prepare":
        prepare(*sys.argv[2:])
    elif sys.argv[1] == "export":
        export(read(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "curvature":
        batch, tolerance, most, draws, truth, work = sys.argv[2:]
        json.dump(curvature(int(batch), float(tolerance), int(most), int(draws), float(truth),
                            read(work)), sys.stdout)
    else:
        job, way, batches, seconds, work = sys.argv[1:6]
        sizes = [int(batch) for batch in batches.split(",")]
        json.dump(timed(job, way, sizes, float(seconds), read(work), *sys.argv[6:]), sys.stdout)


if __name__ == "__main__":
    main()
