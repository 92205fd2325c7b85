"""Losses of yours: a function of Python's, with whatever else it can do."""
from __future__ import annotations

import contextlib
import ctypes
from typing import Mapping, Sequence

import numpy as np

from . import _arrays, _c, layout as _layout
from ._call import quick, run, user_callback
from ._library import lib
from ._typing import Bounds, Function, Metrics, Point
from .errors import ArgumentError, CallbackError

__all__ = ["Objective"]

_libc = ctypes.CDLL(None)
_libc.free.argtypes = [ctypes.c_void_p]
_SPLITS = ("train_", "test_", "val_")
_METHODS = ("value", "gradient", "hessian_product", "value_and_gradient", "losses", "sample_gradient")


class Objective:
    """A loss, and what it can do beside having values.

    Most functions of this module take a plain function in its place. An Objective adds what a function alone does
    not say: a gradient, Hessian products, named blocks and their roles, losses of single samples, bounds.

    Parameters
    ----------
    value : callable
        ``value(x) -> float``. ``x`` is a read-only float64 array of the shape that the caller's point has, or a dict
        of such arrays where the point is a dict (or `blocks` are given): its names are those of the blocks. With
        further `metrics` it answers as many numbers, or a dict, the loss first.
    gradient : callable, optional
        ``gradient(x)``, in the form of ``x``.
    hessian_product : callable, optional
        ``hessian_product(x, v)``, the Hessian at ``x`` times ``v``, in the form of ``x``.
    value_and_gradient : callable, optional
        ``value_and_gradient(x) -> (value, gradient)``, where both together cost less than one after the other.
    losses : callable, optional
        ``losses(x, count)``: the losses of the first `count` samples, whose mean is the loss: an array of `count`
        numbers, or ``(count, metrics)``. Standard errors (``errors=True``) and ``tolerance`` need it; without
        `value` the value is their mean.
    sample_gradient : callable, optional
        ``sample_gradient(x, samples) -> (value, gradient)`` of the samples of these numbers alone, an array of whole
        numbers below `samples`: what `minimize` walks by with ``method="sgd"`` or ``batch=``. Without `gradient` that
        of all samples is the gradient.
    samples : int, optional
        How many samples there are behind the loss.
    test : Objective, optional
        The same loss on further data: ``plane(f, test=True)`` has its metrics as well, and the tables of `minimize`.
    blocks : dict, optional
        Names and shapes of the parameters, in their order. Needed only where points are vectors.
    roles : dict, optional
        What blocks are: "weight", "bias", "norm" (scale and shift of a normalisation) or "buffer" (running
        statistics: nothing moves them). By default what has two axes or more is a weight, the rest a bias.
    start : array_like or dict, optional
        The point where none is given.
    bounds : tuple, optional
        ``(lower, upper)``, each a number or as the point: the function is defined there only.
    metrics : sequence of str, optional
        What `value` answers: "loss", then others, such as "accuracy" (a share, 0 ... 1), "test_loss", "test_acc".
    noise : float, optional
        Relative rounding error of a value; 2**-52 by default, 6e-8 of single precision.
    precision : float, optional
        Unit roundoff of what it computes in: 2**-53 by default, 2**-24 of single precision.
    costly : bool, optional
        One value takes long, as of a large network: checks then ask for less.
    name : str, optional
        What results call it.

    Notes
    -----
    A subclass defines any of the methods ``value``, ``gradient``, ``hessian_product``, ``value_and_gradient``,
    ``losses`` and ``sample_gradient`` (those that it does not define are not there), and sets the attributes
    ``samples``, ``test``, ``blocks``, ``roles``, ``start``, ``bounds``, ``metrics``, ``noise``, ``precision``,
    ``costly``, ``name``, on the class or the object, before or after ``Objective.__init__()``, which needs no
    arguments; ``start`` may be a property. With the attribute ``flat = True`` its methods are handed vectors, whatever
    the blocks, and may answer vectors. An array that a method is handed is its own: it may be kept, but not written to.
    ``said(self)`` may answer a dict of texts that files are to keep as what made them; a file is continued only where
    they are the same, those of `test` too where it is shown. ``fewer(self, count)`` may answer an Objective of the
    first `count` samples, which `tolerance` then takes; without it derivatives beside a tolerance are those of all
    samples. ``prepare(self)``, if defined, is called before a call of the library that asks this objective (a `test`
    and a part too) and ``restore(self)`` after it, whatever its end: they may nest.

    Methods are called on the thread that calls the library, one at a time.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> f = thalweg.Objective(lambda x: (x**2).sum(), gradient=lambda x: 2 * x)
    >>> thalweg.check_gradient(f, x=np.array([1.0, 2.0])).verdict
    'pass'
    """

    value = gradient = hessian_product = value_and_gradient = losses = sample_gradient = None
    test = None
    samples = 0
    blocks = None
    roles = {}
    start = None
    bounds = None
    metrics = ("loss",)
    noise = 0.0
    precision = 0.0
    costly = False
    flat = False
    name = None
    _is_model = False

    def __init__(self, value: Function | None = None, gradient: Function | None = None,
                 hessian_product: Function | None = None, *, value_and_gradient: Function | None = None,
                 losses: Function | None = None, sample_gradient: Function | None = None, samples: int | None = None,
                 test: Objective | None = None,
                 blocks: Mapping[str, Sequence[int]] | None = None, roles: Mapping[str, str] | None = None,
                 start: Point | None = None, bounds: Bounds | None = None, metrics: Metrics | None = None,
                 noise: float | None = None, precision: float | None = None, costly: bool | None = None,
                 name: str | None = None):
        given = {key: item for key, item in locals().items() if key not in ("self", "__class__") and item is not None}
        for key, item in given.items():
            if key in _METHODS and not callable(item):
                raise ArgumentError(f"{key}: a function is wanted, not {_arrays.article(item)}")
            setattr(self, key, item)
        _check_test(self.test)
        if self.value is None and self.losses is None:
            raise ArgumentError("an objective needs value, or losses of its samples")

    def __repr__(self):
        can = [what for what in ("gradient", "hessian_product", "losses") if self._has(what)]
        size = f", {self._blocks_layout().size} parameters" if self.blocks else ""
        return f"<thalweg.Objective {self._name()}{size}{', with ' + ', '.join(can) if can else ''}>"

    def __call__(self, x: Point | None) -> float:
        """The loss at `x`, by way of the library, as a float."""
        layout, point = self._layout(x)
        values = np.empty(len(self.metrics))
        with self._open(layout) as handle:
            run(lib.tw_objective_value, handle.pointer, point.ctypes.data, values.ctypes.data)
        return float(values[0])

    def said(self):
        return {}

    def fewer(self, count):
        """The objective of the first samples, or None."""
        return None

    def prepare(self):
        """Before a call of the library."""

    def restore(self):
        """After it, whatever its end."""

    # ---- for the module ----

    def _to_check(self):
        """What `check_gradient` is to judge in its place."""
        return self

    def seed_for(self, seed):
        return 0 if seed is None else seed

    def _has(self, what):
        if what == "gradient" and (self.value_and_gradient is not None or self._sums_gradient()):
            return True
        return getattr(self, what) is not None

    def _sums_gradient(self):
        """Whether its gradient is the one over all samples."""
        return self.gradient is self.value_and_gradient is None and self.sample_gradient is not None and self.samples

    def _why_no_losses(self):
        """Why there are no losses of single samples; "" where there are."""
        return "" if self.losses is not None else "the objective has no losses of single samples"

    def _name(self):
        if self.name:
            return self.name
        function = self.value or self.losses
        name = getattr(function, "__name__", None) or type(function).__name__
        if name in ("value", "losses", "<lambda>"):
            name = type(self).__name__ if type(self) is not Objective else "function"
        return name

    def _blocks_layout(self):
        return _layout.Layout(self.blocks, "dict")

    def _layout(self, x, name="x"):
        """The form of results, and the point as a vector."""
        if x is None:
            x = self.start
            if x is None:
                raise ArgumentError(f"{name}: no point is given, and the objective has no start")
        if self.blocks is None:
            return _layout.of_point(x)
        layout = self._blocks_layout()
        if not isinstance(x, dict):
            layout.form = "flat"
        return layout, layout.pack(x, name)

    def _open(self, layout, **how):
        return _Handle(self, layout, **how)

    @contextlib.contextmanager
    def _model(self, study, layout, x, errors=False, batches=False, test=False):
        """A tw_study_model of it, for a study, at a vector (None: not given): `.pointer`, freed at the end. With
        `batches` it has gradients over chosen samples, which methods of descent then take; with `test` its further
        data."""
        why = self._why_no_losses() if errors else ""
        if why:
            raise ArgumentError(f"errors, tolerance: {why}")
        with self._open(layout, errors=errors, batches=batches) as handle:
            model = OpenModel(_own_model(self, study.address, handle, layout, x, errors, test))
            try:
                yield model
            finally:
                model.close()


def _check_test(test):
    if test is not None and not isinstance(test, Objective):
        raise ArgumentError(f"test: an Objective is wanted, of the same loss, not {_arrays.article(test)}")


class OpenModel:
    """A tw_study_model that is freed unless somebody takes it over."""

    def __init__(self, pointer):
        self.pointer = pointer

    def take(self):
        pointer, self.pointer = self.pointer, None
        return pointer

    def close(self):
        if self.pointer is not None:
            lib.tw_study_model_free(self.take())


def _bounds(bounds, layout):
    """lower, upper as vectors; None where there are none."""
    if bounds is None:
        return None, None
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):  # scipy.optimize.Bounds
        bounds = (bounds.lb, bounds.ub)
    try:
        lower, upper = bounds
    except (TypeError, ValueError):
        raise ArgumentError("bounds: a pair (lower, upper) is wanted, each a number or as x") from None

    def vector(side, which, none):
        if side is None:
            return np.full(layout.size, none)
        if not isinstance(side, dict) and np.ndim(side) == 0:
            return np.full(layout.size, _arrays.real(side, f"bounds: {which}", finite=False))
        array = layout.pack(side, f"bounds: {which}", finite=False)
        if np.isnan(array).any():
            raise ArgumentError(f"bounds: {which} has a NaN")
        return array

    return vector(lower, "lower", -np.inf), vector(upper, "upper", np.inf)


class _Handle:
    """A tw_objective for one call: its callbacks live as long as it does."""

    def __init__(self, objective, layout, errors=False, samples=None, analytic=False, batches=False):
        self.objective, self.layout, self.errors = objective, layout, errors
        self.samples = samples if samples is not None else int(objective.samples or 0)
        self.form = layout
        if layout.form == "flat" and not objective.flat and objective.blocks is not None:
            self.form = _layout.Layout(layout.shapes, "dict")
        elif objective.flat and layout.form != "flat":
            self.form = _layout.Layout(layout.shapes, "flat")
        self.pointer = None
        self.keep, self.others = [], []  # the latter: handles that were handed over, of parts and further data
        self.prepared = False
        self._make(analytic, batches)

    def __enter__(self):
        try:
            self.prepared = True
            self.objective.prepare()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.pointer is not None:
            lib.tw_objective_free(self.pointer)
            self.pointer = None
        if self.prepared:
            self.prepared = False
            self.objective.restore()
        for other in self.others:
            other.close()

    def hand_over(self, out, objective, **how):
        """Another objective for the library, which owns it from now on; its callbacks live as long as this does."""
        other = _Handle(objective, self.layout, **how).__enter__()
        self.others.append(other)
        ctypes.c_void_p.from_address(out).value = other.pointer.value
        other.pointer = None

    def kept(self, thing):
        self.keep.append(thing)
        return thing

    # ---- making it ----

    def _make(self, analytic, batches):
        f, keep = self.objective, self.keep
        ops = _c.objective_ops(bytes=ctypes.sizeof(_c.objective_ops))
        made = {"value": user_callback(_c.value_fn, self._value())}
        if f._has("gradient"):
            made["gradient"] = user_callback(_c.gradient_fn, self._gradient())
        if batches and f.sample_gradient is not None:
            made["sample_gradient"] = user_callback(_c.sample_fn, self._sample_gradient())
        if f.hessian_product is not None:
            made["hessian_products"] = user_callback(_c.products_fn, self._products())
        if analytic and f.value is None:
            raise ArgumentError("method: 'complex' needs value, and the objective has losses alone")
        if analytic:
            made["complex_value"] = user_callback(_c.complex_fn, self._complex())
        for name, callback in made.items():
            keep.append(callback)
            setattr(ops, name, ctypes.cast(callback, ctypes.c_void_p))
        traits, blocks = self._traits(), []
        out = ctypes.c_void_p()
        try:
            traits.metrics = ctypes.addressof(self._metrics(blocks))
            traits.space = self.layout.new_space(f.roles or {})
            quick(lib.tw_objective_new, ctypes.byref(ops), None, self.layout.size, ctypes.byref(traits),
                  ctypes.byref(out))
        except BaseException:
            lib.tw_space_free(traits.space)
            raise
        finally:
            for block in blocks:
                _libc.free(block)
        self.pointer = out

    def _traits(self):
        f = self.objective
        lower, upper = _bounds(f.bounds, self.layout)
        self.keep += [lower, upper]
        return _c.objective_traits(
            bytes=ctypes.sizeof(_c.objective_traits), name=f._name().encode(), noise=float(f.noise or 0),
            precision=float(f.precision or 0), samples=self.samples, lower=_arrays.address(lower),
            upper=_arrays.address(upper))

    def _metrics(self, blocks):
        """A list of tw_metric; the blocks that its texts lie in are to be freed when it has been copied."""
        names = list(self.objective.metrics)
        if self.errors:
            names.append(names[0] + "_se")
        metrics = (_c.metric * (len(names) + 1))()
        for k, name in enumerate(names):
            spelling = _c.SPELT_IN_FILES if name.startswith(_SPLITS) else _c.SPELT_IN_FULL
            block = lib.tw_metrics_read(1, (ctypes.c_char_p * 1)(name.encode()), spelling)
            if not block:
                raise MemoryError
            blocks.append(block)
            metrics[k] = _c.metric.from_address(block)
        self.keep.append(metrics)
        return metrics

    # ---- callbacks ----

    def _value(self):
        f, view, size = self.objective, self.form.view, self.layout.size
        one = len(f.metrics) == 1
        copied, number = _arrays.copied, _arrays.number
        losses = self._losses() if f.losses is not None else None
        if losses is not None and (f.value is None or self.errors or self.samples != int(f.samples or 0)):
            return losses
        user, name = f.value, f._name()
        if one:
            def value(_, n, x, values):
                ctypes.c_double.from_address(values).value = number(user(view(copied(x, size))), name)
        else:
            def value(_, n, x, values):
                _arrays.write(values, _all_metrics(user(view(copied(x, size))), f.metrics, name))
        return value

    def _losses(self):
        f, view, size, count, errors = self.objective, self.form.view, self.layout.size, self.samples, self.errors
        metrics = len(f.metrics)
        if count < 1:
            raise ArgumentError("losses: give the number of samples as well")
        what = f"{f._name()}: losses"

        def value(_, n, x, values):
            answered = f.losses(view(_arrays.copied(x, size)), count)
            array = np.asarray(answered)
            shape = (count,) if metrics == 1 and array.ndim <= 1 else (count, metrics)
            columns = np.ascontiguousarray(_arrays.answer(answered, shape, what).reshape(count, metrics).T)
            error = ctypes.c_double()
            for m in range(metrics):
                want = ctypes.byref(error) if errors and m == 0 else None
                lib.tw_metric_mean(count, columns[m].ctypes.data, values + 8 * m, want)
            if errors:
                ctypes.c_double.from_address(values + 8 * metrics).value = error.value
        return value

    def _gradient(self):
        f, form, size = self.objective, self.form, self.layout.size
        name, value = f._name(), self._value()
        what = f"{name}: gradient"
        both, asked = f.value_and_gradient, "value_and_gradient"
        if f._sums_gradient():
            asked = "sample_gradient"

            def both(x):
                return f.sample_gradient(x, np.arange(int(f.samples)))
        plain = self.errors or self.samples != int(f.samples or 0)

        def gradient(ctx, n, x, values, out):
            point = form.view(_arrays.copied(x, size))
            if both is not None and (values or f.gradient is None) and not plain:
                _write_both(both(point), asked, f, form, values, out)
                return
            if values:
                value(ctx, n, x, values)
            answered = f.gradient(point) if f.gradient is not None else both(point)[1]
            _arrays.write(out, form.answer(answered, what))
        return gradient

    def _sample_gradient(self):
        f, form, size = self.objective, self.form, self.layout.size
        if self.samples < 1:
            raise ArgumentError("sample_gradient: give the number of samples as well")

        def gradient(_, n, x, batch, values, out):
            batch = _c.batch.from_address(batch)
            samples = np.frombuffer(ctypes.string_at(batch.samples, ctypes.sizeof(ctypes.c_size_t) * batch.count),
                                    dtype=np.uintp).astype(np.intp)
            _write_both(f.sample_gradient(form.view(_arrays.copied(x, size)), samples), "sample_gradient", f, form,
                        values, out)
        return gradient

    def _products(self):
        f, form, size = self.objective, self.form, self.layout.size
        what = f"{f._name()}: hessian_product"

        def products(_, n, x, count, vectors, out):
            point = form.view(_arrays.copied(x, size))
            for k in range(count):
                vector = form.view(_arrays.copied(vectors + 8 * size * k, size))
                _arrays.write(out + 8 * size * k, form.answer(f.hessian_product(point, vector), what))
        return products

    def _complex(self):
        f, form, size = self.objective, self.form, self.layout.size
        name = f._name()

        def value(_, n, x, y, out):
            point = np.empty(size, dtype=np.complex128)
            point.real, point.imag = _arrays.copied(x, size), _arrays.copied(y, size)
            point.flags.writeable = False
            answered = f.value(form.view(point))
            first = answered
            try:
                if isinstance(answered, dict):
                    first = answered[f.metrics[0]]
                elif isinstance(answered, (tuple, list)) or len(f.metrics) > 1:
                    first = answered[0]
                number = complex(first)
            except (TypeError, ValueError, KeyError, IndexError):
                raise CallbackError(f"{name} answered a {type(first).__name__} at a complex point; one complex "
                                    "number is wanted") from None
            _arrays.write(out, np.array([number.real, number.imag]))
        return value


def _write_both(both, what, f, form, values, out):
    """What a method answered, a pair (value, gradient), into C memory."""
    name = f._name()
    if not isinstance(both, tuple) or len(both) != 2:
        raise CallbackError(f"{name}: {what} answered no pair (value, gradient)")
    if values:
        _arrays.write(values, _all_metrics(both[0], f.metrics, name))
    _arrays.write(out, form.answer(both[1], f"{name}: gradient"))


def _all_metrics(answered, names, what):
    """The numbers of all metrics, the loss first."""
    if isinstance(answered, dict):
        if set(answered) != set(names):
            raise CallbackError(f"{what} answered {', '.join(map(str, answered))}; wanted are {', '.join(names)}")
        answered = [answered[name] for name in names]
    elif len(names) == 1:
        answered = [answered]
    if not isinstance(answered, (list, tuple, np.ndarray)) or len(answered) != len(names):
        raise CallbackError(f"{what} answered a {type(answered).__name__}; {len(names)} numbers are wanted: "
                            f"{', '.join(names)}")
    return np.array([_arrays.number(item, what) for item in answered])


def _said_of_test(test, layout, said):
    """What files are to keep of further data: what they say otherwise than the objective."""
    _check_test(test)
    if test.blocks is not None and test._blocks_layout().size != layout.size:
        raise ArgumentError(f"test: it has {test._blocks_layout().size} parameters, and the objective {layout.size}")
    return {f"test_{key}": text for key, text in test.said().items() if said.get(key) != text}


def _own_model(f, study, handle, layout, x, errors, test):
    """The objective as a model, which then owns it. `handle` must stay as long as the model."""
    said, further = f.said(), f.test if test else None
    if further is not None:
        said = {**said, **_said_of_test(further, layout, said)}
        errors_too = errors and not further._why_no_losses()
    said = {str(key): str(text) for key, text in said.items()}
    items = (_c.setting * max(1, len(said)))()
    for k, (key, text) in enumerate(said.items()):
        items[k] = _c.setting(key.encode(), text.encode())
    own = _c.study_model_own(bytes=ctypes.sizeof(_c.study_model_own), name=f._name().encode(),
                             x=_arrays.address(x), costly=int(bool(f.costly)))
    own.says = _c.settings(len(said), ctypes.addressof(items))
    if f.losses is not None:
        def of_first(_, samples, out):
            part = f.fewer(samples)
            handle.hand_over(out, f if part is None else part, errors=errors, samples=samples)
        fewer = user_callback(_c.fewer_fn, of_first)
        own.fewer = ctypes.cast(handle.kept(fewer), ctypes.c_void_p)
    if further is not None:
        test = user_callback(_c.test_fn, lambda _, out: handle.hand_over(out, further, errors=errors_too))
        own.test = ctypes.cast(handle.kept(test), ctypes.c_void_p)
    model = ctypes.c_void_p()
    run(lib.tw_study_model_of, study, handle.pointer, ctypes.byref(own), ctypes.byref(model))
    handle.pointer = None
    return model


def as_objective(f, gradient=None, hessian_product=None):
    """What the functions of this module take: an Objective, a model, or a function."""
    if hasattr(f, "_open") and hasattr(f, "_layout"):
        if gradient is not None or hessian_product is not None:
            raise ArgumentError("gradient: the objective has its own say of that; make an Objective of all functions")
        return f
    if hasattr(f, "named_parameters"):
        raise ArgumentError(f"f: {_arrays.article(f)} is a model of PyTorch's and no loss yet: "
                            "thalweg.torch.Objective(model, loss, data) is one")
    if not callable(f):
        raise ArgumentError(f"f: a function or an Objective is wanted, not {_arrays.article(f)}")
    return Objective(f, gradient=gradient, hessian_product=hessian_product)
