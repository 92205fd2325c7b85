"""plane_torch.py [OUT.png]: the plane of a PyTorch model's training, adaptively, with its path.

A small convolutional network learns to tell rings from crosses. Two lines record its training, one makes it a loss that
thalweg can look at, one looks at the plane of the path's principal components, and the last one draws it.
"""
import sys
import tempfile

try:
    import torch
except ImportError:
    print("skipped: there is no PyTorch")
    sys.exit(77)
import thalweg


def pictures(count, side=12):
    """Rings and crosses here and there, under noise."""
    draw = torch.Generator().manual_seed(5)
    at = torch.arange(side).float()
    x, y = (at - side / 2 + 2 * torch.randn(count, 1, 1, generator=draw) for at in (at[None, None, :], at[None, :, None]))
    ring = torch.exp(-((x**2 + y**2).sqrt() - 3)**2)
    cross = torch.exp(-(x * y / 3)**2) * torch.exp(-(x**2 + y**2) / 20)
    label = torch.arange(count) % 2
    image = torch.where(label[:, None, None] == 1, ring, cross) + 0.3 * torch.randn(count, side, side, generator=draw)
    return image[:, None], label


def network():
    torch.manual_seed(2)
    return torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                               torch.nn.Conv2d(8, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(72, 2))


def train(model, loss, x, y, path):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with thalweg.torch.record(model, path, every=2) as recorder:
        for step in range(60):
            batch = torch.arange(step * 32, step * 32 + 32) % len(y)
            optimizer.zero_grad()
            value = loss(model(x[batch]), y[batch])
            value.backward()
            optimizer.step()
            recorder.step(value)


def main():
    model, loss = network(), torch.nn.CrossEntropyLoss()
    x, y = pictures(256)
    with tempfile.TemporaryDirectory() as folder:
        train(model, loss, x, y, folder + "/run.h5")
        f = thalweg.torch.Objective(model.eval(), loss, (x, y), metrics="accuracy")
        s = thalweg.plane(f, trajectory=folder + "/run.h5", adaptive=0.01, file=folder + "/plane.h5")
        print(f, s, f"accuracy {s['train_acc'].max():.1f} %", sep="\n")
        if len(sys.argv) > 1:
            s.plot(sys.argv[1], title="rings and crosses")
    return 0 if f(None) < 0.3 and s.evaluated < s.loss.size and len(s.paths) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
