"""The models that the library has: by name, on data."""
from __future__ import annotations

import contextlib
import ctypes
import os
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays, _c, layout as _layout
from ._call import Owner, run
from ._library import lib
from ._study import Study, choice, text, whole
from ._typing import PathLike, Point
from .errors import ArgumentError
from .objective import OpenModel

__all__ = ["Model", "model", "model_names"]


def model_names() -> list[str]:
    """The names of the library's models; those that take numbers without them.

    >>> import thalweg
    >>> "softmax" in thalweg.model_names()
    True
    """
    return _c.names(lib.tw_study_model_name)


class Model(Owner):
    """A model of the library's on its data, at a point. It goes wherever an objective does.

    Attributes
    ----------
    kind, source : str
        What it is, and of its data; None where it needs none.
    size, samples : int
        Parameters, and samples.
    x : ndarray
        The point.
    shapes : dict
        Of the blocks, by their names.
    metrics : tuple of str
    """

    blocks = None
    bounds = None
    costly = False
    _is_model = True

    def __init__(self, options, keep, seed, threads):
        self._options, self._keep, self._seed, self._threads = options, keep, seed, threads
        self.said, self._idle = [], []
        with self._opened() as struct:
            objective = struct.objective
            self.kind = struct.kind.decode()
            self.source = struct.source.decode() if struct.source else None
            self.size, self.samples = struct.size, lib.tw_objective_samples(objective)
            self.x = _arrays.taken(struct.x, struct.size)
            self._form = _layout.of_space(lib.tw_objective_space(objective))
            self.shapes = dict(self._form.shapes)
            self.metrics = tuple(lib.tw_objective_metric_name(objective, k).decode()
                                 for k in range(lib.tw_objective_metrics(objective)))

    @property
    def start(self):
        """The point."""
        return self.x

    @contextlib.contextmanager
    def _opened(self):
        """The tw_study_model. It is kept for the next call; calls at the same time have one each, and so has a
        process that was forked, which has no threads of its parent's."""
        try:
            pid, study, model = self._idle.pop()
        except IndexError:
            pid = None
        if pid != os.getpid():
            study = Study(self._seed, False, self._threads)
            study.__enter__()
            try:
                model = OpenModel(self._open_for(study, False))
            except BaseException:
                study.__exit__()
                raise
            self.said = study.notes()
        good = False
        try:
            yield _c.study_model.from_address(model.pointer.value)
            good = True
        finally:
            if self._idle or not good:  # what was cut short is not used again
                model.close()
                study.__exit__()
            else:
                self._idle.append((os.getpid(), study, model))

    def __del__(self):
        for pid, study, model in getattr(self, "_idle", ()):
            if pid == os.getpid():
                model.close()
                study.__exit__()

    def _to_check(self):
        return self

    def seed_for(self, seed):
        return self._seed if seed is None else seed

    def _open_for(self, study, errors):
        """Opened by its own seed, whatever that of the study."""
        seed, study.struct.seed = study.struct.seed, self._seed
        try:
            return self._open_now(study, errors)
        finally:
            study.struct.seed = seed

    def _open_now(self, study, errors):
        options = _c.study_model_options.from_buffer_copy(self._options)
        options.errors = int(errors)
        out = ctypes.c_void_p()
        run(lib.tw_study_model_open, study.address, ctypes.byref(options), ctypes.byref(out), files=True)
        return out

    def _layout(self, x, name="x"):
        if x is None:
            return _layout.Layout(self.shapes, "flat"), self.x.copy()
        layout = _layout.Layout(self.shapes, "dict" if isinstance(x, dict) else "flat")
        return layout, layout.pack(x, name)

    @contextlib.contextmanager
    def _open(self, layout, **_):
        with self._opened() as struct:
            yield _Opened(struct.objective)

    @contextlib.contextmanager
    def _model(self, study, layout, x, errors=False, batches=False, test=False):
        model = OpenModel(self._open_for(study, errors))
        try:
            said = b"given"
            if x is None and study.struct.seed != self._seed:  # results name the seed of the call
                x, said = self.x, b"seed %d" % self._seed
            if x is not None:
                run(lib.tw_study_model_move, model.pointer, _arrays.address(x), said)
            yield model
        finally:
            model.close()

    def _ask(self, x, function, *more):
        layout, point = self._layout(x)
        with self._opened() as struct:
            run(function, struct.objective, _arrays.address(point), *more)
        return layout

    def __call__(self, x: Point | None = None) -> float:
        """The loss."""
        return self.value(x)[0]

    def value(self, x: Point | None = None) -> np.ndarray:
        """All metrics at x: an array in the order of `metrics`."""
        values = np.empty(len(self.metrics))
        self._ask(x, lib.tw_objective_value, _arrays.address(values))
        return values

    def gradient(self, x: Point | None = None) -> Any:
        """The model's own gradient, in the form of x."""
        out = np.empty(self.size)
        return self._ask(x, lib.tw_objective_gradient, None, _arrays.address(out)).view(out)

    def hessian_product(self, x: Point | None, v: Point) -> Any:
        """The model's own Hessian product, in the form of x."""
        layout, _ = self._layout(x)
        vector, out = layout.pack(v, "v"), np.empty(self.size)
        self._ask(x, lib.tw_objective_hessian_product, _arrays.address(vector), _arrays.address(out))
        return layout.view(out)

    def __repr__(self):
        on = f" on {self.samples} samples of '{self.source}'" if self.source else ""
        return f"<thalweg.Model {self.kind}{on}, {self.size} parameters>"


class _Opened:
    def __init__(self, pointer):
        self.pointer = pointer


def model(name: str, data: PathLike | None = None, *, split: str | None = None, limit: int | None = None,
          classes: str | None = None, weights: PathLike | None = None, init: str | None = None,
          at: ArrayLike | None = None, seed: int = 0, threads: int | None = None, label: str | None = None,
          labels_from: int | None = None, size: str | None = None, **settings: Any) -> Model:
    """A model of the library's by its name.

    Parameters
    ----------
    name : str
        "softmax", "svm", "mlp:512,256", "resnet56", "NET.onnx", "rosenbrock:10", "./mine.so:ARG", ...
    data : path, optional
        A data set, or "synthetic", "synthetic:500".
    split : {"train", "test"}, optional
    limit : int, optional
        So many samples, the first.
    classes : str, optional
        These only: "cat,dog" or "3,5".
    label, labels_from, size
        Of the data, as the tool's options.
    weights : path, optional
        A file of parameters; `init` ("zero", "normal:SCALE", "standard") and `at` (the numbers) are others.
    seed : int
        Of what is drawn.
    threads : int, optional
        One by default; 0: one a processor.
    **settings
        Of the kind of model: ``reg=1e-4``, ``activation="relu"``, ``bn="frozen"``, ... as the tool's options, with _
        for -. True for a switch.

    Returns
    -------
    Model

    Examples
    --------
    >>> import thalweg
    >>> m = thalweg.model("softmax", "synthetic:50", reg=1e-3)
    >>> m.samples, bool(thalweg.check_gradient(m, sample=4, x=m.x))
    (50, True)
    """
    options = lib.tw_study_model_defaults()
    options.model = text(name)
    options.data.source = text(data)
    options.data.split = choice(split, "split", ("train", "test"))
    options.data.classes, options.data.label, options.data.size = text(classes), text(label), text(size)
    if limit is not None:
        options.data.limit = whole(limit, "limit")
    if labels_from is not None:
        options.data.labels_from = whole(labels_from, "labels_from", 0)
    options.weights, options.init = text(weights), text(init)
    keep = []
    if at is not None:
        numbers = _arrays.real(at, "at").reshape(-1)
        keep.append(numbers)
        options.at = _c.numbers(numbers.size, numbers.ctypes.data)
    if settings:
        items = (_c.setting * len(settings))()
        for item, (key, value) in zip(items, settings.items()):
            item.name, item.text = key.replace("_", "-").encode(), _said(key, value)
        keep.append(items)
        options.settings = _c.settings(len(items), ctypes.addressof(items))
    keep.append(options)
    return Model(options, keep, seed, threads)


def _said(key, value):
    if value is True:
        return b"1"
    if value is None or value is False:
        raise ArgumentError(f"{key}: leave it out where it is not wanted")
    if isinstance(value, (list, tuple)):
        return ",".join(str(item) for item in value).encode()
    return os.fsencode(value) if hasattr(value, "__fspath__") else str(value).encode()
