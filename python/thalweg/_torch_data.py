"""What a loss is averaged over: a fixed batch, batches, or a loader. And the loss, of batches and of single samples."""
import copy
import functools
import inspect
import zlib

import numpy as np
import torch
from torch.utils import data as _data

from .errors import ArgumentError, CallbackError

_DRAWS = (_data.RandomSampler, _data.SubsetRandomSampler, _data.WeightedRandomSampler)


def _is_array(value):
    return torch.is_tensor(value) or isinstance(value, np.ndarray)


def _moved(value, device, dtype):
    """Tensors in tuples, lists and dicts: on the device, and real numbers in the model's precision."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.array(value))
    if torch.is_tensor(value):
        kind = dtype if value.is_floating_point() else None
        return value.to(device=device, dtype=kind, non_blocking=True)
    if isinstance(value, dict):
        return {key: _moved(item, device, dtype) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_moved(item, device, dtype) for item in value) if type(value) in (tuple, list) else value
    return value


def _cut(value, first, last):
    """Some samples of a batch."""
    if torch.is_tensor(value):
        return value[first:last] if value.dim() else value
    if isinstance(value, dict):
        return {key: _cut(item, first, last) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_cut(item, first, last) for item in value)
    return value


def _count(value):
    """Samples in a batch: the first axis of its last tensor."""
    if torch.is_tensor(value):
        return int(value.shape[0]) if value.dim() else 0
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    for item in reversed(items):
        count = _count(item)
        if count:
            return count
    return 0


class Batches:
    """Batches in the same order each time, on a device."""

    def __init__(self, data, device, dtype, batch_size, pairs):
        self.device, self.dtype, self.pairs = device, dtype, pairs
        self.size = batch_size
        self.fixed, self.source = None, data
        if isinstance(data, (tuple, list)) and len(data) == 2 and all(map(_is_array, data)):
            self.fixed = _moved(tuple(data), device, dtype)
            counts = {_count(item) for item in self.fixed}
            if len(counts) != 1 or counts == {0}:
                raise ArgumentError(f"data: {len(data[0])} inputs and {len(data[1])} targets")
            self.source = f"a batch of {counts.pop()}"
        else:
            self._take_loader(data)
        self.samples = self._samples()
        self.one = self.fixed is not None and (batch_size is None or batch_size >= self.samples)

    def _take_loader(self, data):
        if not isinstance(data, _data.DataLoader) and hasattr(data, "__getitem__") and hasattr(data, "__len__") \
                and not isinstance(data, (list, tuple, dict, str)):
            data = self.source = _data.DataLoader(data, batch_size=self.size or 256)  # of a Dataset
        elif self.size is not None:
            raise ArgumentError("batch_size: the batches are cut already; it is for a pair (x, y) and a Dataset")
        if not hasattr(data, "__iter__") or isinstance(data, (dict, str)):
            raise ArgumentError(f"data: a pair (x, y), a list of such batches or a loader is wanted, not a "
                                f"{type(data).__name__}")
        if hasattr(data, "__next__"):
            raise ArgumentError("data: an iterator is used up after one pass: give list(...) of it, or the loader")
        batches = getattr(data, "batch_sampler", None)
        for sampler in (getattr(data, "sampler", None), getattr(batches, "sampler", None)):
            if isinstance(sampler, _DRAWS):
                raise ArgumentError(f"data: the loader shuffles ({type(sampler).__name__}), so that the loss is not a "
                                    "function of the parameters: make one with shuffle=False, or give list(loader)")

    def _samples(self):
        """How many there are; 0 where that is known only at the end of a pass."""
        if self.fixed is not None:
            return _count(self.fixed)
        if isinstance(self.source, (list, tuple)):
            return sum(_count(batch) or _count([torch.as_tensor(batch[-1])]) for batch in self.source)
        loader = self.source
        try:
            if loader.batch_size is None:  # batches of its own, of which the sampler knows nothing
                return 0
            count = len(loader.sampler)
            return len(loader) * loader.batch_size if loader.drop_last else count
        except (AttributeError, TypeError):
            return 0

    def __iter__(self):
        """Batches as they come, moved, each with its number of samples."""
        if self.one:
            yield self.fixed, self.samples
            return
        if self.fixed is not None:
            size = self.size or self.samples
            for first in range(0, self.samples, size):
                yield _cut(self.fixed, first, first + size), min(size, self.samples - first)
            return
        for batch in self.source:
            if self.pairs and not (isinstance(batch, (tuple, list)) and len(batch) == 2):
                raise CallbackError(f"data: a batch is a {type(batch).__name__}, not a pair (inputs, targets): say with "
                                    "forward=lambda model, batch: (outputs, targets) what to do")
            batch = _moved(batch, self.device, self.dtype)
            yield batch, _count(batch)

    def first(self, count):
        """The first `count` samples."""
        for batch, size in self:
            if size >= count:
                yield (batch if size == count else _cut(batch, 0, count)), count
                return
            count -= size
            yield batch, size

    def digest(self):
        """Which data they are, in a word."""
        state, found = torch.get_rng_state(), 0
        try:
            batch, _ = next(iter(self), ((), 0))
        finally:
            torch.set_rng_state(state)  # a loader draws from it
        for item in batch if isinstance(batch, (tuple, list)) else (batch,):
            if torch.is_tensor(item):
                found = zlib.crc32(item.detach().to("cpu", torch.float64).reshape(-1)[:1 << 17].numpy().tobytes(), found)
        return f"{self.samples or 'so many'} samples, {found:08x}"


class Loss:
    """The user's loss: of a batch, and of each of its samples."""

    def __init__(self, function):
        if not callable(function):
            raise ArgumentError(f"loss: a function is wanted, not a {type(function).__name__}")
        if isinstance(function, type):
            raise ArgumentError(f"loss: {function.__name__} is a class: give an object of it, {function.__name__}()")
        self.function = function
        self.name = getattr(function, "__name__", None) or type(function).__name__
        self.reduction = getattr(function, "reduction", "mean")
        self.each_function, self.why = None, ""
        self.checked, self.differs = False, ""  # whether the mean of samples is another
        if self.reduction == "sum":
            raise ArgumentError(f"loss: {self.name} sums over a batch, and the loss is a mean over samples: "
                                "reduction='mean'")
        if self.reduction == "none":
            self.each_function = function
        elif hasattr(function, "reduction"):
            self.each_function = copy.copy(function)
            self.each_function.reduction = "none"
        elif _has_reduction(function):
            self.each_function = functools.partial(function, reduction="none")
        else:
            self.why = f"{self.name} has no reduction='none', so that losses of single samples are not known"

    def mean(self, output, target):
        """The loss of a batch, a scalar tensor."""
        loss = self.function(output, target)
        if not torch.is_tensor(loss):
            raise CallbackError(f"{self.name} answered a {type(loss).__name__}; a tensor is wanted")
        return loss if loss.dim() == 0 else loss.mean()

    def value(self, output, target, count):
        """The same without a graph: in single precision by the losses of samples, whose mean is taken in double."""
        if self.each_function is not None and not self.differs and torch.is_tensor(output) \
                and output.dtype != torch.float64 and output.device.type != "mps":
            each = self._each(output, target, count)
            if each is not None:
                return each.mean()
        return self.mean(output, target)

    def each(self, output, target, count):
        """The losses of the samples of a batch."""
        each = self._each(output, target, count)
        if each is None:
            raise CallbackError(f"the mean of {self.name} of single samples is not the loss ({self.differs}): with weights "
                                "of classes, or targets that are left out, errors and tolerance are not to be had")
        return each

    def _each(self, output, target, count):
        """They, or None where their mean is not the loss: the first batch tells."""
        each = self.each_function(output, target)
        if not torch.is_tensor(each) or each.dim() == 0 or each.shape[0] != count:
            shape = tuple(each.shape) if torch.is_tensor(each) else type(each).__name__
            raise CallbackError(f"{self.name} with reduction='none' answered {shape} for {count} samples")
        each = each if each.device.type == "mps" else each.double()
        each = each if each.dim() == 1 else each.reshape(count, -1).mean(dim=1)
        if not self.checked:
            mean, loss = float(each.mean()), float(self.mean(output, target))
            if abs(mean - loss) > 1e-4 * max(abs(loss), 1e-3):
                self.differs = f"{mean:.6g}, not {loss:.6g}"
            self.checked = True
        return None if self.differs else each


def _has_reduction(function):
    try:
        return "reduction" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def accuracy(output, target):
    """Which samples have their greatest output where the target is."""
    if target.dim() == output.dim():
        target = target.argmax(dim=1)
    return output.argmax(dim=1) == target


def metrics_of(given):
    """Functions by their names."""
    if given is None:
        return {}
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, dict):
        given = {name: name for name in given}
    found = {}
    for name, function in given.items():
        if function == "accuracy":
            function = accuracy
        if not callable(function):
            raise ArgumentError(f"metrics: '{function}' is no function; by its name alone there is 'accuracy'")
        found[str(name)] = function
    return found


def measure(name, function, output, target, count):
    """A metric of a batch: a number, or one a sample."""
    found = function(output, target)
    found = found.detach() if torch.is_tensor(found) else torch.as_tensor(found)
    found = found if found.is_floating_point() else found.to(torch.float32)
    if found.dim() and found.shape[0] != count:
        raise CallbackError(f"metric '{name}' answered an array of shape {tuple(found.shape)} for {count} samples; one "
                            "number is wanted, or one a sample")
    return found.reshape(count, -1).mean(dim=1) if found.dim() else found
