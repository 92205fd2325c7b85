"""What the tests of thalweg.torch share. Importing it ends the program with 77, "skipped", where PyTorch is absent."""
import os
import pickle
import sys

from support import SOURCE, np

try:
    import torch
except ImportError:
    print("skipped: there is no PyTorch")
    sys.exit(77)


def shared(*names):
    """A file of the shared test data, or None."""
    folder = os.environ.get("THALWEG_SHARED") or os.path.join(SOURCE, "..", "shared", "data")
    path = os.path.join(folder, *names)
    return path if os.path.exists(path) else None


def bits(model):
    """All that a model holds, and where it lies."""
    found = []
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        found.append((name, id(tensor), tensor.data_ptr(), tensor.requires_grad, tensor.detach().numpy().tobytes()))
    return found + [(module.training, getattr(module, "momentum", 0), getattr(module, "track_running_stats", 0))
                    for module in model.modules()] + [torch.get_rng_state().numpy().tobytes()]


class Small(torch.nn.Module):
    """A convolution, its normalisation, and a linear layer: smooth."""

    def __init__(self, classes=3):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 4, 3)
        self.norm = torch.nn.BatchNorm2d(4)
        self.last = torch.nn.Linear(4 * 16, classes)

    def forward(self, x):
        return self.last(torch.tanh(self.norm(self.conv(x))).flatten(1))


def small(dtype=torch.float64, count=20):
    """A Small with statistics of its own, in evaluation mode, and a batch."""
    torch.manual_seed(3)
    model = Small()
    model(torch.randn(30, 1, 6, 6))
    x, y = torch.randn(count, 1, 6, 6), torch.arange(count) % 3
    return model.to(dtype).eval(), (x.to(dtype), y)


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outputs)
        self.conv2 = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outputs)
        self.more, self.stride = outputs - inputs, stride

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.more or self.stride > 1:
            x = torch.nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return torch.relu(y + x)


class ResNet20(torch.nn.Module):
    """He et al., arXiv:1512.03385, for CIFAR-10, with the names of akamaster/pytorch_resnet_cifar10."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(16)
        self.layer1 = torch.nn.Sequential(*[Block(16, 16, 1) for _ in range(3)])
        self.layer2 = torch.nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = torch.nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.linear = torch.nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean(dim=(2, 3)))


def resnet20(path):
    """It, trained."""
    state = torch.load(path, map_location="cpu")["state_dict"]
    model = ResNet20()
    model.load_state_dict({name.replace("module.", "", 1): tensor for name, tensor in state.items()})
    return model.eval()


def images(path, count, dtype=torch.float32):
    """The first test images of a CIFAR-10 folder, as the reference's authors scaled them."""
    with open(os.path.join(path, "test_batch"), "rb") as file:
        batch = pickle.load(file, encoding="bytes")
    pixels = torch.tensor(np.asarray(batch[b"data"][:count], dtype=np.float64) / 255).reshape(-1, 3, 32, 32)
    mean, std = (torch.tensor(three, dtype=torch.float64).reshape(1, 3, 1, 1)
                 for three in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    return ((pixels - mean) / std).to(dtype), torch.tensor(batch[b"labels"][:count])


def load(path):
    return np.load(path).astype(np.float64)


__all__ = ["Block", "ResNet20", "Small", "bits", "images", "load", "resnet20", "shared", "small", "torch"]
