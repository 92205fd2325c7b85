"""Trajectories of the training of PyTorch models."""
from typing import Any, Sequence

import torch

from . import files as _files
from ._torch_model import TensorLayout, check_model, check_parameters, flat_of, moving, roles_of
from ._typing import PathLike
from .errors import ArgumentError

__all__ = ["Recorder", "record"]


class Recorder:
    """A trajectory file that a training loop writes. See `record`."""

    def __init__(self, model, path, every, columns, frozen, capacity):
        if isinstance(every, bool) or int(every) != every or every < 1:
            raise ArgumentError(f"every: {every} is not a whole number above 0")
        check_model(model)
        self._model, self._parameters, self._every = model, moving(model, frozen), int(every)
        self._file = _files.record(
            path, TensorLayout({name: p.shape for name, p in self._parameters.items()}, "flat"),
            columns=("iteration", "train_loss", *columns), capacity=capacity,
            roles=roles_of(model, self._parameters), provenance={"model": type(model).__name__, "every": self._every})
        self.path, self.iteration, self._last = self._file.path, 0, None
        self._row = {}
        self._append({})

    def step(self, loss: Any = float("nan"), **row: Any) -> None:
        """After a step of the optimiser: a checkpoint every so many, with the loss and further columns."""
        self.iteration += 1
        self._row = dict(row, train_loss=loss)
        if self.iteration % self._every == 0:
            self._append(self._row)

    __call__ = step

    def _append(self, row):
        check_parameters(self._model, self._parameters, "recorder")
        numbers = {name: float(value) for name, value in row.items()}
        self._file.append(flat_of(self._parameters.values()), iteration=self.iteration, **numbers)
        self._last = self.iteration

    def __len__(self):
        return len(self._file)

    def close(self) -> None:
        """Adds where the model is, if that is no checkpoint yet, and ends the file."""
        if self._file._writer:
            if self._last != self.iteration:
                self._append(self._row)
            self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.close()
        else:
            self._file.close()  # the step that failed may be half done

    def __repr__(self):
        return f"<Recorder of '{self.path}', {len(self)} checkpoints to iteration {self.iteration}>"


def record(model: torch.nn.Module, path: PathLike, every: int = 1, *, columns: Sequence[str] = (), frozen: bool = False,
           capacity: int = 100000) -> Recorder:
    """Records the training of a model: its parameters as it begins, and every so many steps.

    Parameters
    ----------
    model : torch.nn.Module
    path : path
        .h5, in place of what was there. It is whole after every checkpoint, whatever happens to the program.
    every : int
        Calls of ``step`` between two checkpoints.
    columns : sequence of str
        Numbers beside "iteration" and "train_loss".
    frozen : bool
        Whether parameters that require no gradient are kept as well; an `Objective` is to have the same.
    capacity : int
        Most checkpoints.

    Returns
    -------
    Recorder
        A context; ``close()`` otherwise. ``thalweg.plane(f, trajectory=path)`` draws the path.

    Notes
    -----
    One checkpoint is in memory at a time. Running statistics are not part of it.

    Examples
    --------
    >>> import tempfile, torch, thalweg
    >>> model, x = torch.nn.Linear(2, 1), torch.ones(4, 2)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> path = tempfile.mkdtemp() + "/run.h5"
    >>> with thalweg.torch.record(model, path, every=2) as recorder:
    ...     for _ in range(5):
    ...         optimizer.zero_grad()
    ...         loss = model(x).square().mean()
    ...         loss.backward()
    ...         _ = optimizer.step()
    ...         recorder.step(loss)
    >>> thalweg.read(path)["iteration"].tolist()
    [0.0, 2.0, 4.0, 5.0]
    """
    return Recorder(model, path, every, columns, frozen, capacity)
