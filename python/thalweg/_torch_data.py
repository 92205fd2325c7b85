"""What a loss is averaged over: a fixed batch, batches, or a loader. And the loss, of batches and of single samples."""
import copy
import functools
import inspect
import numbers
import zlib
from collections.abc import Mapping

import numpy as np
import torch
from torch.utils import data as _data

from ._study import whole
from .errors import ArgumentError, CallbackError

_MOST = 1 << 17  # numbers of a tensor that are looked at one by one, to tell data apart
_PLAIN = (bool, int, float, str)
_DRAWS = (_data.RandomSampler, _data.SubsetRandomSampler, _data.WeightedRandomSampler)


def _is_array(value):
    return torch.is_tensor(value) or isinstance(value, np.ndarray)


def _fixed(data):
    """The one batch (x, y) that data are, or None."""
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        return None
    x, y = data[0], _targets(data[1]) if _is_array(data[0]) else data[1]
    several = x.values() if isinstance(x, Mapping) else x if isinstance(x, (tuple, list)) else ()
    if _is_array(y) and (_is_array(x) or (several and all(map(_is_array, several)))):
        return x, y
    return None


def _targets(y):
    """A list of numbers as a tensor."""
    if isinstance(y, (tuple, list)) and y and all(isinstance(item, numbers.Real) for item in y):
        return torch.as_tensor(y)
    return y


def _like(value, items):
    """A tuple or a list of its kind."""
    if hasattr(value, "_fields"):  # a namedtuple
        return type(value)(*items)
    return tuple(items) if isinstance(value, tuple) else list(items)


def _moved(value, device, dtype):
    """Tensors in tuples, lists and dicts: on the device, and real numbers in the model's precision."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.array(value))
    if torch.is_tensor(value):
        kind = dtype if value.is_floating_point() else None
        value = value.clone() if value.is_inference() else value  # else there are no derivatives of what is made of it
        return value.to(device=device, dtype=kind, non_blocking=True)
    if hasattr(value, "to"):  # sequences that are packed, encodings of text, ...
        return value.to(device)
    if isinstance(value, Mapping):
        return {key: _moved(item, device, dtype) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return _like(value, [_moved(item, device, dtype) for item in value])
    return value


def _some(value, rows, count):
    """The samples in these rows, a slice or numbers, of a batch of `count`. A tensor that has none of each, such as a
    mask of positions, is for all of them."""
    if torch.is_tensor(value):
        return value[rows] if value.dim() and value.shape[0] == count else value
    if isinstance(value, Mapping):
        return {key: _some(item, rows, count) for key, item in value.items()}
    if isinstance(value, (tuple, list)) and not hasattr(value, "to"):
        return _like(value, [_some(item, rows, count) for item in value])
    return value


def _tensors(value):
    """The tensors in tuples, lists and dicts, arrays of NumPy's included."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.array(value))
    if torch.is_tensor(value):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, (tuple, list)) else ()
    return [tensor for item in items for tensor in _tensors(item)]


def _count(value):
    """Samples in a batch: the first axis of its last tensor."""
    if _is_array(value):
        return int(value.shape[0]) if value.ndim else 0
    items = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, (tuple, list)) else ()
    for item in reversed(items):
        count = _count(item)
        if count:
            return count
    return 0


def _checksum(flat, before):
    return zlib.crc32(flat.to("cpu", torch.float64).numpy().tobytes(), before)


class Batches:
    """Batches in the same order each time, on a device."""

    def __init__(self, data, device, dtype, batch_size, pairs):
        self.device, self.dtype, self.pairs = device, dtype, pairs
        self.size = None if batch_size is None else whole(batch_size, "batch_size")
        self.limit = None  # of a loader: so many samples, the first
        self.fixed, self.source = None, data
        pair = _fixed(data)
        if pair is not None:
            with torch.inference_mode(False):
                self.fixed = _moved(pair, device, dtype)
            inputs, targets = map(_count, self.fixed)
            if targets == 0 or (_is_array(pair[0]) and inputs != targets):
                raise ArgumentError(f"data: {inputs} inputs and {targets} targets")
            self.source = f"a batch of {targets}"
        else:
            self._take_loader(data)
        self.samples = self._samples()
        self.one = self.fixed is not None and (self.size is None or self.size >= self.samples)

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
            return sum(map(_count, map(self._with_targets, self.source)))
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
                yield _some(self.fixed, slice(first, first + size), self.samples), min(size, self.samples - first)
            return
        left = self.limit
        for batch in self.source:
            batch = self._taken(batch)
            count = _count(batch)
            if left is not None and count >= left:
                yield _some(batch, slice(left), count), left
                return
            left = None if left is None else left - count
            yield batch, count

    def _taken(self, batch):
        """A batch of the source, moved."""
        if self.pairs and not (isinstance(batch, (tuple, list)) and len(batch) == 2):
            raise CallbackError(f"data: a batch is a {type(batch).__name__}, not a pair (inputs, targets): say with "
                                "forward=lambda model, batch: (outputs, targets) what to do")
        return _moved(self._with_targets(batch), self.device, self.dtype)

    def _with_targets(self, batch):
        """A batch whose targets are a tensor, be they a list of numbers."""
        if self.pairs and isinstance(batch, (tuple, list)) and len(batch) == 2:
            return _like(batch, [batch[0], _targets(batch[1])])
        return batch

    def can_choose(self):
        """Whether single samples can be had by their numbers."""
        if self.fixed is not None:
            return True
        if isinstance(self.source, (list, tuple)):
            return self.samples > 0
        loader = self.source
        return isinstance(loader, _data.DataLoader) and isinstance(loader.sampler, _data.SequentialSampler) \
            and loader.batch_size is not None and not isinstance(loader.dataset, _data.IterableDataset)

    def chosen(self, samples):
        """The samples of these numbers, as `__iter__`: one batch, or of a list the parts of its batches."""
        if self.fixed is not None:
            yield _some(self.fixed, torch.as_tensor(samples, device=self.device), self.samples), len(samples)
        elif isinstance(self.source, (list, tuple)):
            yield from self._chosen_of_list(samples)
        else:
            batch = self.source.collate_fn([self.source.dataset[int(k)] for k in samples])
            yield self._taken(batch), len(samples)

    def _chosen_of_list(self, samples):
        counts = [_count(self._with_targets(batch)) for batch in self.source]
        ends = np.cumsum(counts)
        which = np.searchsorted(ends, samples, side="right")
        for k in np.unique(which):
            batch = self._taken(self.source[k])
            rows = samples[which == k] - (ends[k] - counts[k])
            yield _some(batch, torch.as_tensor(rows, device=self.device), counts[k]), len(rows)

    def limited(self, count):
        """The same of the first `count` samples."""
        part = copy.copy(self)
        part.samples = count
        if self.fixed is not None:
            part.fixed = _some(self.fixed, slice(count), self.samples)
        else:
            part.limit = count
        return part

    def digest(self):
        """Which data they are, in a word."""
        state, found = torch.get_rng_state(), 0
        try:
            batch, _ = next(iter(self), ((), 0))
        finally:
            torch.set_rng_state(state)  # a loader draws from it
        first, rest = _tensors(batch), []
        if self.fixed is not None:
            rest = [] if self.one else _tensors(self.fixed)
        elif isinstance(self.source, (tuple, list)):
            rest = _tensors(list(map(self._with_targets, self.source[1:])))
        elif isinstance(getattr(self.source, "dataset", None), _data.TensorDataset):
            rest = list(self.source.dataset.tensors)
        for tensor in first + rest:
            flat = tensor.detach().reshape(-1)
            found = _checksum(flat[:_MOST], found)
            if flat.numel() > _MOST:
                found = _checksum(flat[_MOST::max(1, flat.numel() // _MOST)], found)
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
        self.reduction = getattr(function, "reduction", None) or _set_to(function).get("reduction", "mean")
        self.each_function, self.why = None, ""
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

    def said(self):
        """The name, and what was set: with another smoothing of labels it is another loss."""
        function = self.function
        named, set_to = self.name, _set_to(function)
        if isinstance(function, functools.partial):
            named = getattr(function.func, "__name__", "partial")
        elif isinstance(function, torch.nn.Module):
            known = inspect.signature(type(function)).parameters
            usual = {name: item.default for name, item in known.items() if isinstance(item.default, _PLAIN)}
            set_to = {name: item for name, item in vars(function).items()
                      if not name.startswith("_") and name not in ("training", "reduction")
                      and not (name in usual and isinstance(item, _PLAIN) and usual[name] == item)}
            set_to.update(function.state_dict())
        words = []
        for name, item in sorted(set_to.items()):
            if isinstance(item, _PLAIN):
                words.append(f"{name}={item}")
            elif _is_array(item):
                words.append(f"{name}={_checksum(_tensors(item)[0].detach(), 0):08x}")
        return f"{named}({', '.join(words)})" if words else named

    def mean(self, output, target):
        """The loss of a batch, a scalar tensor."""
        loss = self.function(output, target)
        if not torch.is_tensor(loss):
            raise CallbackError(f"{self.name} answered a {type(loss).__name__}; a tensor is wanted")
        if loss.dim() == 0:
            return loss
        if self.each_function is None:  # it answers those of samples by itself
            self.each_function, self.why = self.function, ""
        return loss.mean()

    def value(self, output, target, count):
        """The same without a graph: in single precision by the losses of samples, whose mean is taken in double, where
        that is the loss. It is another with weights of classes, or where targets are left out."""
        loss = self.mean(output, target)
        if self.each_function is None or loss.dtype == torch.float64 or loss.device.type == "mps":
            return loss
        each = self._each(output, target, count)
        if each is None:
            return loss
        mean = each.mean()
        if loss.device.type == "cpu":
            return mean if _same(float(mean), float(loss)) else loss.double()
        loss = loss.double()  # and nothing waits for the device
        return torch.where((mean - loss).abs() <= 1e-4 * loss.abs().clamp_min(1e-3), mean, loss)

    def each(self, output, target, count):
        """The losses of the samples of a batch."""
        each = self._each(output, target, count)
        if each is None:
            raise CallbackError(f"{self.name} with reduction='none' does not answer the losses of {count} samples")
        mean, loss = float(each.mean()), float(self.mean(output, target))
        if not _same(mean, loss):
            raise CallbackError(f"the mean of {self.name} of single samples is not the loss ({mean:.6g}, not {loss:.6g}): "
                                "with weights of classes, or targets that are left out, errors and tolerance are not to be had")
        return each

    def _each(self, output, target, count):
        """What there is a sample, in double precision; None where it is something else."""
        each = self.each_function(output, target)
        if not torch.is_tensor(each) or each.dim() == 0 or each.shape[0] != count:
            return None
        each = each if each.device.type == "mps" else each.double()
        return each if each.dim() == 1 else each.reshape(count, -1).mean(dim=1)


def _same(mean, loss):
    return abs(mean - loss) <= 1e-4 * max(abs(loss), 1e-3)


def _set_to(function):
    """The keywords that a function has been given already."""
    return function.keywords if isinstance(function, functools.partial) else {}


def _has_reduction(function):
    try:
        return "reduction" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def accuracy(output, target):
    """Which samples have their greatest output where the target is."""
    if output.dim() < 2 or output.shape[1] == 1:
        raise CallbackError("accuracy: there is one output a sample, and which means yes is not known: say metrics="
                            "{'accuracy': lambda output, target: (output > 0) == (target > 0.5)}")
    if target.dim() == output.dim():
        if not bool(((target.sum(dim=1) - 1).abs() < 1e-3).all()):
            raise CallbackError("accuracy: the targets are no classes, nor shares of classes whose sum is 1: give a "
                                "function, metrics={'accuracy': function}")
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
    try:
        found = found.detach() if torch.is_tensor(found) else torch.as_tensor(found)
    except (TypeError, RuntimeError, ValueError):
        raise CallbackError(f"metric '{name}' answered a {type(found).__name__}; one number is wanted, or one a "
                            "sample") from None
    found = found if found.is_floating_point() else found.to(torch.float32)
    if function is accuracy and found.shape[0] != count:  # of words, say, and not of sentences
        found = found.mean()
    if found.dim() and found.shape[0] != count:
        raise CallbackError(f"metric '{name}' answered an array of shape {tuple(found.shape)} for {count} samples; one "
                            "number is wanted, or one a sample")
    return found.reshape(count, -1).mean(dim=1) if found.dim() else found
