"""Losses of PyTorch models, and trajectories of their training.

Imported only when it is asked for, as ``thalweg.torch``: PyTorch is yours.
"""
import copy
import zlib
from typing import Any, Callable, Mapping, Optional, Union

import numpy as np

try:
    import torch
except ImportError as _error:
    raise ImportError("thalweg.torch needs PyTorch: install python3-torch, or pip install torch") from _error

from . import objective as _objective
from ._torch_data import Batches, Loss, measure, metrics_of
from ._torch_graph import (check_twice, dense, gradients, gradients_by_backward, no_second, no_second_of_recomputed,
                           recomputes)
from ._torch_model import Loan, TensorLayout, in_double
from ._torch_record import Recorder, record
from ._typing import Point
from .errors import ArgumentError, CallbackError, UnsupportedError

__all__ = ["Objective", "Recorder", "record"]


class Objective(_objective.Objective):
    """The loss of a PyTorch model over data: an objective with blocks, gradient, Hessian products and losses of samples.

    Parameters
    ----------
    model : torch.nn.Module
        Its parameters are the blocks, under the names of ``named_parameters``, a tied one once. It is called in the
        mode that it is in, but for batch normalisation (`bn`), and left as it was, to the last bit.
    loss : callable
        ``loss(output, target)``, a mean over the batch: a module such as ``torch.nn.CrossEntropyLoss()``, or a
        function such as ``torch.nn.functional.mse_loss``. What has ``reduction="none"``, or answers the losses of
        the samples itself, gives standard errors.
    data : tuple, list, DataLoader or Dataset
        A fixed batch ``(x, y)``, a list of such batches, or a loader that does not shuffle. The loss is the mean over
        all samples: of the batches' by their samples, which with weights of classes or targets that are left out is
        not that of all in one batch. Of a pair whose x is a tuple, list or dict the model is called with ``*x`` or
        ``**x``; what is not one of each sample in it, such as a mask of positions, goes along whole.
    test : as data, optional
        Further data: with ``plane(f, test=True)`` a surface has loss and metrics on them too, and tables of `minimize`
        have them.
    device : torch.device or str, optional
        Where the model is: data are moved there. A model elsewhere is refused.
    metrics : "accuracy" or dict of callables, optional
        ``{"accuracy": "accuracy", "top5": function}``: ``function(output, target)`` is one number of the batch, or one
        a sample.
    bn : {"frozen", "batch", "reestimated", "interpolated"}, optional
        Statistics of batch normalisation: the running ones; those of each batch, as in training; the running ones
        after a pass over the data at every point (values only, no derivatives); or the running ones as blocks of their
        own, so that on a line ``to`` other weights they go along. "frozen" where the model is in evaluation mode.
    frozen : bool
        Whether parameters that require no gradient move as well.
    batch_size : int, optional
        A pair, or a Dataset, is computed in batches of so many.
    forward : callable, optional
        ``forward(model, batch) -> (output, target)`` of batches that are no such pairs.
    noise, precision, costly, name : optional
        As in `thalweg.Objective`; noise and precision follow from the type of the parameters.

    Notes
    -----
    The point of all calls is where the model is when they are made. Points, vectors and directions may be given as
    arrays, dicts of arrays or tensors, state dictionaries, or models.

    What is copied: the point, once from the library and once more into the model's precision if that is not double,
    and once to another device; gradients, once each way. The model's own parameters and buffers are not written to.
    With a fixed batch the graph of the gradient is kept from one Hessian product to the next at the same point.

    The first call evaluates the loss twice and refuses a model or data that answer differently.

    `check_gradient` judges models of less than double precision by a copy in double precision, where the device and the
    model have it: differences of rounded values say little, and nothing beside the kinks of a network.

    Examples
    --------
    >>> import torch, thalweg
    >>> model = torch.nn.Linear(3, 2).double()
    >>> data = torch.eye(3).double(), torch.tensor([0, 1, 1])
    >>> f = thalweg.torch.Objective(model, torch.nn.CrossEntropyLoss(), data, metrics="accuracy")
    >>> f
    <thalweg.torch.Objective Linear: 8 parameters in 2 blocks, float64, 3 samples>
    >>> thalweg.check_gradient(f).verdict
    'pass'
    """

    flat = True

    def __init__(self, model: torch.nn.Module, loss: Callable[..., Any], data: Any, *, test: Any = None,
                 device: Union[torch.device, str, None] = None,
                 metrics: Union[str, Mapping[str, Union[str, Callable[..., Any]]], None] = None,
                 bn: Optional[str] = None, frozen: bool = False, batch_size: Optional[int] = None,
                 forward: Optional[Callable[..., Any]] = None, noise: Optional[float] = None,
                 precision: Optional[float] = None, costly: Optional[bool] = None, name: Optional[str] = None) -> None:
        self._made = dict(data=data, metrics=metrics, bn=bn, frozen=frozen, batch_size=batch_size,
                          forward=forward, costly=costly, name=name)
        self._loan = loan = Loan(model, frozen, bn)
        if device is not None:
            _check_device(loan, device)
        self._loss, self._measures, self._forward = Loss(loss), metrics_of(metrics), forward
        self.metrics, self.roles = ("loss", *self._measures), loan.roles
        self.blocks = dict(loan.layout.shapes)
        self.precision = loan.roundoff if precision is None else precision
        self.noise = (loan.roundoff if loan.roundoff > 2.0**-50 else 0.0) if noise is None else noise
        self.costly = loan.layout.size > 20000 if costly is None else costly
        self.name = name or type(model).__name__
        self._certain = False  # that the loss is a function
        self._twice = False    # and that all of it has second derivatives
        self._recomputes = {}  # whether parts are computed anew on the way back, by the model's mode,
        self._unreached = {}   # and which parameters the graph did not reach then
        self._calls, self._graph, self._here, self._room = 0, None, None, {}
        if loan.bn == "reestimated":
            self.value_and_gradient = self.hessian_product = None
        self._take_data(data)
        self._settling = self._data  # what statistics are estimated on
        if test is not None:
            self.test = self._of_further(test)
        super().__init__()

    def _take_data(self, data):
        """Data, and what can be had of them."""
        loan = self._loan
        self._data = Batches(data, loan.device, loan.dtype, self._made["batch_size"], self._forward is None)
        self.samples = self._data.samples
        self._take_losses()
        vars(self).pop("sample_gradient", None)
        if loan.bn == "reestimated" or not self._data.can_choose():
            self.sample_gradient = None

    def _of_further(self, data):
        """The same on further data."""
        further = copy.copy(self)
        further._made = {**self._made, "data": data}
        try:
            further._take_data(data)
        except ArgumentError as error:
            raise ArgumentError(f"test: {error}") from None
        return further

    def __getstate__(self):
        return {**vars(self), "_calls": 0, "_graph": None, "_here": None, "_room": {}}

    def __repr__(self):
        kind = str(self._loan.dtype).replace("torch.", "") if self._loan.dtype else "several types"
        samples = f", {self.samples} samples" if self.samples else ""
        return (f"<thalweg.torch.Objective {self.name}: {self._loan.layout.size} parameters in {len(self.blocks)} "
                f"blocks, {kind}{samples}>")

    # ---- parameters ----

    @property
    def model(self) -> torch.nn.Module:
        """The model."""
        return self._loan.model

    @property
    def start(self) -> np.ndarray:
        """Where the model is: a vector."""
        return self._loan.vector()

    def vector(self, values: Union[Point, torch.nn.Module, None] = None) -> np.ndarray:
        """Parameters as a vector: of the model, of another model, of a state dictionary or a dict of arrays."""
        return self.start if values is None else self._loan.layout.pack(values, "values")

    def load(self, x: Union[Point, torch.nn.Module]) -> None:
        """Writes a point, such as one that a descent has reached, into the model."""
        values = self.vector(x)
        with self._loan.lock, torch.no_grad():
            for tensor, view in zip(self._loan.tensors().values(), self._loan.views(values)):
                tensor.copy_(view)

    def _blocks_layout(self):
        return TensorLayout(self.blocks, "dict")

    # ---- what the library asks ----

    def value(self, x):
        return self._answer(self._at(x, self._certain_values))

    def losses(self, x, count):
        return self._at(x, lambda: self._of_samples(count))

    def fewer(self, count):
        part = copy.copy(self)
        part._data, part.samples, part.test = self._data.limited(count), count, None
        return part

    def value_and_gradient(self, x):
        values, gradient = self._at(x, self._with_gradient)
        return self._answer(values), gradient

    def sample_gradient(self, x, samples):
        if not self._certain:
            self._at(x, self._certain_values)
        values, gradient = self._at(x, lambda: self._with_gradient(self._data.chosen(samples), sure=False))
        return self._answer(values), gradient

    def hessian_product(self, x, v):
        if not self._certain:
            self._at(x, self._certain_values)
        return self._at(x, lambda: self._product(self._loan.views(v)), keep=True)

    def said(self):
        """What files keep of it: they are continued only where it is the same."""
        loan = self._loan
        with loan.lock:  # and not while another thread has it
            still = [tensor.detach().to("cpu", torch.float64).numpy().tobytes()
                     for name, tensor in (*loan.model.named_parameters(), *loan.model.named_buffers())
                     if name not in self.blocks]
        state = zlib.crc32(b"".join(still))
        return {"data": self._data.digest(), "torch_loss": self._loss.said(), "torch_type": str(loan.dtype),
                "bn": loan.bn, "torch_state": f"{state:08x}"}

    def prepare(self):
        self._calls += 1
        if self._calls == 1:
            self._loan.check_same()

    def restore(self):
        self._calls -= 1
        if self._calls == 0:
            self._graph, self._room = None, {}

    def _to_check(self):
        """What a check is to judge: this, or the same of a copy in double precision."""
        if self._loan.roundoff <= 2.0**-50:
            return self
        try:
            twin = copy.copy(self)  # and not type(self)(...), which may have arguments of its own
            Objective.__init__(twin, in_double(self.model), _in_double(self._loss.function), **self._made)
            twin(None)
            return twin
        except (RuntimeError, TypeError):  # a model that cannot be copied, or has a precision of its own in it
            return self

    def _why_no_losses(self):
        if self._loss.why and self.samples:
            self(None)  # tells of a loss that answers those of samples by itself
        self._take_losses()
        if self.losses is not None:
            return ""
        return self._loss.why or "the loader does not say how many samples it has"

    def _take_losses(self):
        vars(self).pop("losses", None)
        if self._loss.why or not self.samples:
            self.losses = None

    # ---- evaluation: the model is at the point ----

    def _at(self, x, work, keep=False):
        """work() with the model at x. With `keep` the tensors there are to stay as they are afterwards."""
        if torch.is_inference_mode_enabled():  # whose tensors have no derivatives
            with torch.inference_mode(False):
                return self._at(x, work, keep)
        graph = self._graph
        if graph is not None and np.array_equal(graph[0], x):
            views = graph[1]
        else:
            self._graph = None
            views = self._loan.views(x) if keep else lambda: self._loan.views(x, self._free_room())

        def there():
            self._here = (x, views)
            return work()

        return self._loan.at(views, there)

    def _free_room(self):
        """Memory for a point, kept while the library asks; None within another evaluation, which has it."""
        return self._room if self._calls > 0 and self._loan.depth == 1 else None

    def _answer(self, values):
        return values[0] if len(values) == 1 else values

    def _outputs(self, batch):
        """What the model answers, and what it should."""
        if self._forward is not None:
            both = self._forward(self._loan.model, batch)
            if not isinstance(both, (tuple, list)) or len(both) != 2:
                raise CallbackError(f"forward answered a {type(both).__name__}, not a pair (outputs, targets)")
            return both
        x, y = batch
        if isinstance(x, Mapping):
            return self._loan.model(**x), y
        several = isinstance(x, (tuple, list)) and not hasattr(x, "to")  # sequences that are packed are one
        return self._loan.model(*x) if several else self._loan.model(x), y

    def _settle(self):
        """Running statistics at this point."""
        norms = [module for module in self._loan.norms.values() if module.track_running_stats]
        for module in norms:
            module.reset_running_stats()
            module.training = True
        for batch, _ in self._settling:
            self._outputs(batch)
        for module in norms:
            module.training = False

    def _values(self):
        rows, counts = [], []
        with torch.no_grad():
            if self._loan.bn == "reestimated":
                self._settle()
            for batch, count in self._data:
                output, target = self._outputs(batch)
                rows.append(self._row(output, target, count))
                counts.append(count)
        return self._mean(rows, counts)

    def _row(self, output, target, count):
        """The loss and metrics of a batch, a tensor."""
        with torch.no_grad():
            row = [self._loss.value(output, target, count)]
            row += [measure(name, function, output, target, count).mean().to(row[0])
                    for name, function in self._measures.items()]
            return torch.stack(row) if self._measures else row[0].reshape(1)

    def _mean(self, rows, counts):
        """The mean over samples of means over batches, in double precision."""
        if not sum(counts):
            raise CallbackError("data: there are no samples")
        if len(rows) == 1:
            return rows[0].tolist()
        table = torch.stack(rows).tolist()  # waits for the device once
        weights = np.array(counts) / sum(counts)
        return [float(weights @ np.array(column)) for column in zip(*table)]

    def _certain_values(self):
        return self._sure(self._values())

    def _sure(self, values):
        """The same values; the first time only if they come out again."""
        if self._certain:
            return values
        again = self._values()
        if abs(again[0] - values[0]) > 1000 * self._loan.roundoff * max(abs(values[0]), 1e-2):
            raise CallbackError(f"{self.name} answered {values[0]:.9g} and then {again[0]:.9g} at the same point, so that "
                                "it is not a function of the parameters: is there dropout that is left on, a loader that "
                                "shuffles, a transform that draws, or a model that changes with every call?")
        self._certain = True
        return values

    def _of_samples(self, count):
        columns = [[] for _ in self.metrics]
        with torch.no_grad():
            if self._loan.bn == "reestimated":
                self._settle()
            for batch, size in self._data if count == self.samples else self._data.limited(count):
                output, target = self._outputs(batch)
                columns[0].append(self._loss.each(output, target, size))
                for column, (name, function) in zip(columns[1:], self._measures.items()):
                    column.append(measure(name, function, output, target, size).expand(size))
        whole = [torch.cat(column).to("cpu", torch.float64).numpy() for column in columns]
        return whole[0] if len(whole) == 1 else np.stack(whole, axis=1)

    def _gradient_of(self, batch, count, further=False):
        """The loss's tensor, the values' and the gradient of one batch."""
        output, target = self._outputs(batch)
        loss = self._loss.mean(output, target)
        parameters = list(self._loan.parameters.values())
        row = [] if further else self._row(output, target, count)
        if not loss.requires_grad:
            raise UnsupportedError(f"{self._loss.name} does not depend on the parameters by operations that PyTorch "
                                   "differentiates")
        mode = self._loan.model.training
        if mode not in self._recomputes or (further and self._recomputes[mode]):
            self._recomputes[mode] = recomputes(loss)
        if self._recomputes[mode]:
            if further:
                raise no_second_of_recomputed()
            return row, gradients_by_backward(loss, parameters)
        found, unreached = gradients(loss, parameters, further)
        if unreached != self._unreached.get(mode, unreached) and recomputes(loss):  # that has been switched on meanwhile
            self._recomputes[mode] = True
            return self._gradient_of(batch, count, further)
        self._unreached[mode] = unreached
        return row, found

    def _with_gradient(self, batches=None, sure=True):
        rows, counts, total = [], [], None
        with torch.enable_grad():
            for batch, count in self._data if batches is None else batches:
                row, found = self._gradient_of(batch, count)
                rows.append(row)
                counts.append(count)
                total = self._added(total, found, count)
        values = self._mean(rows, counts)
        return self._sure(values) if sure else values, self._whole(total, sum(counts))

    def _added(self, total, found, count):
        """A weighted sum over batches, in double precision where the device has it."""
        flat = torch.cat([dense(part).detach().reshape(-1) for part in found])
        flat = flat if flat.device.type == "mps" else flat.double()
        return flat.mul_(count) if total is None else total.add_(flat, alpha=count)

    def _whole(self, total, count):
        """A vector of all blocks, 0 in those that are no parameters."""
        out = np.zeros(self._loan.layout.size)
        out[:total.numel()] = (total.to("cpu", torch.float64) / count).numpy()
        return out

    def _product(self, vectors):
        total, samples = None, 0
        vectors = vectors[:len(self._loan.parameters)]
        with torch.enable_grad():
            for gradient, count, keep in self._gradients():
                total = self._added(total, self._derived(gradient, vectors, keep), count)
                samples += count
        return self._whole(total, samples)

    def _gradients(self):
        """The gradient of every batch with its graph; that of a fixed batch is kept while the library asks."""
        graph = self._graph
        if graph is not None and graph[1] is self._here[1]:  # else of another thread, at another point
            yield graph[2], self._data.samples, True
            return
        keep = self._data.one and self._calls > 0
        for batch, count in self._data:
            try:
                _, gradient = self._gradient_of(batch, count, further=True)
            except RuntimeError as error:
                raise no_second(error) from error
            if not self._twice:
                check_twice(gradient)
                self._twice = True
            if keep:
                self._graph = (*self._here, gradient)
            yield gradient, count, keep

    def _derived(self, gradient, vectors, keep):
        parameters = list(self._loan.parameters.values())
        pairs = [(g, v) for g, v in zip(gradient, vectors) if g.requires_grad]
        if not pairs:
            return [torch.zeros_like(p) for p in parameters]  # the loss is linear
        try:
            found = torch.autograd.grad([g for g, _ in pairs], parameters, [v for _, v in pairs], retain_graph=keep,
                                        allow_unused=True)
        except RuntimeError as error:
            raise no_second(error) from error
        return [torch.zeros_like(p) if h is None else h for p, h in zip(parameters, found)]


def _in_double(loss):
    return copy.deepcopy(loss).double() if isinstance(loss, torch.nn.Module) else loss


def _check_device(loan, device):
    try:
        device = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ArgumentError(f"device: {str(error).splitlines()[0]}") from None
    here = {tensor.device for tensor in loan.parameters.values()}
    if device.index is None and device.type != "cpu":
        here = {torch.device(place.type) for place in here}
    if here != {device}:
        places = ", ".join(sorted(map(str, here)))
        raise ArgumentError(f"device: the model is on {places}, not on {device}: call model.to('{device}') first")
