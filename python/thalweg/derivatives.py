"""Numerical derivatives, each with its error bar."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import _arrays, _c
from ._call import Owner, run, user_callback, watch_progress
from ._library import lib
from ._study import choice, number, pair, whole
from ._typing import Bounds, Function, Loss, PathLike, Point
from .errors import ArgumentError, CallbackError
from .figures import Gone, Picture, draw_struct, png_of
from .layout import of_point
from .objective import _bounds, as_objective

__all__ = ["Gradient", "Derivative", "Jacobian", "Hessian", "HessianProduct", "Sweep",
           "gradient", "derivative", "jacobian", "hessian", "hessian_product", "step_sweep"]

_METHODS = _c.names(lib.tw_diff_method_name)
_CLASSES = _c.names(lib.tw_point_class_name)
_FLAGS = {"aliased": _c.DERIVATIVE_ALIASED, "unresolved": _c.DERIVATIVE_UNRESOLVED,
          "domain": _c.DERIVATIVE_DOMAIN, "one-sided": _c.DERIVATIVE_ONE_SIDED,
          "evaluations": _c.DERIVATIVE_EVALUATIONS, "flat": _c.DERIVATIVE_FLAT, "single": _c.DERIVATIVE_SINGLE}


def _short(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_short(item)}" for name, item in value.items()) + "}"
    array = np.asarray(value)
    if array.size <= 4:
        return np.array2string(array, precision=6, separator=", ")
    return f"array of shape {array.shape}"


class _Estimate:
    """What results with a value and an error bar share."""

    def __array__(self, dtype=None, copy=None):
        if isinstance(self.value, dict):
            raise TypeError("the value is a dict of arrays")
        return np.array(self.value, dtype=dtype)

    def __repr__(self):
        if isinstance(self.error, dict):
            worst = max(float(np.max(item)) for item in self.error.values())
        else:
            worst = float(np.max(self.error)) if np.size(self.error) else float("nan")
        return (f"<{type(self).__name__} {_short(self.value)}, error at most {worst:.2g}, "
                f"{self.evaluations} evaluations>")


@dataclass(repr=False, eq=False)
class Gradient(_Estimate):
    """A numerical gradient. ``numpy.asarray`` of it is its value."""

    value: Any        #: df/dx, in the form of x
    error: Any        #: estimates of |value - truth|
    kinds: Any        #: what the function does along each coordinate ("smooth", "kink", ...); None unless ladders
    fun: float        #: f(x)
    method: str
    step: float       #: the step given, or the smallest one chosen
    evaluations: int
    seconds: float


@dataclass(repr=False, eq=False)
class Derivative(_Estimate):
    """A derivative along a line."""

    value: float
    error: float      #: an estimate of |value - truth|
    left: float       #: one-sided derivatives at a kink, else the value
    right: float
    kind: str         #: "smooth", "fractional", "kink", "jump", "noise" or "undetermined"
    step: float       #: of the difference that won
    order: int        #: of its error
    noise: float      #: absolute error of one value of the function
    kink: float       #: the distance of a kink near by; 0: none
    flags: tuple      #: of "aliased", "unresolved", "domain", "one-sided", "evaluations", "flat", "single"
    evaluations: int


@dataclass(repr=False, eq=False)
class Jacobian(_Estimate):
    """A Jacobian, or the entries of a sparse one in the order of its rows (CSR)."""

    value: np.ndarray         #: (m, n), or (nonzeros,)
    error: np.ndarray
    method: str
    groups: int               #: sets of columns that were moved together
    missing: int              #: entries without a value (NaN)
    evaluations: int
    seconds: float
    indptr: Any = None        #: of a sparse one: where rows begin, and the columns of the entries
    indices: Any = None
    shape: tuple = field(default=())

    def toarray(self) -> np.ndarray:
        """The matrix as an array, zeros included."""
        if self.indptr is None:
            return self.value
        full = np.zeros(self.shape)
        full[np.repeat(np.arange(self.shape[0]), np.diff(self.indptr)), self.indices] = self.value
        return full


@dataclass(repr=False, eq=False)
class Hessian(_Estimate):
    """A Hessian, or the entries of a sparse one in the order of its rows (CSR)."""

    value: np.ndarray         #: (n, n) over the parameters as one vector, or (nonzeros,)
    error: np.ndarray
    asymmetry: float          #: the largest |H_ij - H_ji| before both were averaged
    groups: int
    missing: int
    evaluations: int          #: of gradients, or of values where there is no gradient
    seconds: float
    indptr: Any = None
    indices: Any = None
    shape: tuple = field(default=())

    toarray = Jacobian.toarray


@dataclass(repr=False, eq=False)
class HessianProduct(_Estimate):
    """A Hessian times a vector, by differences of gradients."""

    value: Any                #: in the form of x
    error: Any
    step: float
    evaluations: int          #: of gradients
    seconds: float


def _scales(scales, layout):
    return None if scales is None else layout.pack(scales, "scales")


def _sides(bounds, layout):
    return (None, None) if bounds is None else _bounds(bounds, layout)


def gradient(f: Loss, x: Point | None = None, *, method: str = "ladder", step: float | None = None,
             bounds: Bounds | None = None, scales: Point | None = None) -> Gradient:
    """The gradient of a function, by differences, with an error bar for every entry.

    Parameters
    ----------
    f : callable or Objective
        ``f(x) -> float``; `x` is read-only float64, of the shape of the point.
    x : array_like or dict of array_like
        The point, of any shape.
    method : {"ladder", "robust", "central", "forward", "complex"}
        "ladder" extrapolates central differences over a ladder of steps and takes 15 to 40 evaluations an entry;
        "robust" measures the noise in every entry first (25 more); "forward" and "central" take one difference and
        its half; "complex" takes ``f`` at complex points, one an entry, exact to rounding, and needs a formula in
        analytic functions.
    step : float, optional
        Of "forward" and "central"; chosen for each entry from the noise by default.
    bounds : tuple, optional
        ``(lower, upper)``: nothing is evaluated beyond.
    scales : array_like, optional
        Typical sizes of the parameters.

    Returns
    -------
    Gradient

    Raises
    ------
    ArgumentError
        For a step that changes no bit of x, or bounds that exclude x.
    CallbackError
        For a function that answers no number; with "complex" for one that is not the same at complex points.

    References
    ----------
    Ridders, Adv. Eng. Software 4 (1982); Squire and Trapp, SIAM Review 40 (1998); docs/numerical-differentiation.md.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> g = thalweg.gradient(lambda x: np.exp(x[0]) * np.sin(x[1]), [0.0, 1.0])
    >>> bool(np.all(np.abs(g.value - [np.sin(1), np.cos(1)]) <= g.error))
    True
    >>> g.kinds.tolist()
    ['smooth', 'smooth']
    """
    objective = as_objective(f)
    layout, point = objective._layout(x)
    how_taken = choice(method, "method", _METHODS)
    lower, upper = _sides(bounds, layout)
    sizes = _scales(scales, layout)
    value, bars = np.empty(layout.size), np.full(layout.size, np.nan)
    ladder = method in ("ladder", "robust")
    classes = np.zeros(layout.size, dtype=np.intc)
    options = _c.diff_options(
        bytes=ctypes.sizeof(_c.diff_options), method=how_taken, step=0.0 if step is None else number(step, "step"),
        bars=_arrays.address(bars), classes=_arrays.address(classes) if ladder else None,
        lower=_arrays.address(lower), upper=_arrays.address(upper), scales=_arrays.address(sizes),
        progress=ctypes.cast(watch_progress, ctypes.c_void_p))
    report = _c.diff_report()
    how = {"analytic": True} if method == "complex" else {}
    with objective._open(layout, **how) as handle:
        run(lib.tw_diff_gradient, handle.pointer, _arrays.address(point), ctypes.byref(options),
            _arrays.address(value), ctypes.byref(report))
    kinds = np.array(_CLASSES)[classes].reshape(layout.shape if layout.form != "dict" else -1) if ladder else None
    if ladder and layout.form == "dict":
        kinds = layout.view(kinds)
    return Gradient(layout.view(value), layout.view(bars), kinds, report.value, method, report.step,
                    report.evaluations, report.seconds)


def _line(objective, x, direction, index, bounds):
    """A line through a point: its layout, the point, the direction or None for the entry `index`, and the ends of t."""
    layout, point = objective._layout(x)
    vector = None if direction is None else layout.pack(direction, "direction")
    index = whole(index, "index", -2**63)
    if not 0 <= index < layout.size:
        raise ArgumentError(f"index: {index} is not one of 0 to {layout.size - 1}")
    return layout, point, vector, index, (0.0, 0.0) if bounds is None else pair(bounds, "bounds")


def derivative(f: Loss, x: Point | None = None, direction: Point | None = None, *, index: int = 0, noise: float = 0.0,
               measure_noise: bool = False, scale: float = 0.0, bounds: Bounds | None = None,
               max_evaluations: int = 0) -> Derivative:
    """The derivative of a function of one number, or of several along a direction, with an error bar.

    Parameters
    ----------
    f : callable or Objective
    x : float, array_like or dict
        The point.
    direction : as x, optional
        The line x + t direction; by default the entry `index` of x moves alone.
    noise : float
        Absolute error of one value; by default from its size.
    measure_noise : bool
        Measure it, by 25 evaluations more.
    scale : float
        Typical size of t; by default that of x.
    bounds : tuple, optional
        ``(lower, upper)`` of t, which is 0 at x: nothing is evaluated beyond.
    max_evaluations : int
        0: 200.

    Returns
    -------
    Derivative

    Examples
    --------
    >>> import math, thalweg
    >>> d = thalweg.derivative(math.exp, 1.0)
    >>> abs(d.value - math.e) <= d.error < 1e-11
    True
    >>> thalweg.derivative(abs, 0.0).kind
    'kink'
    """
    objective = as_objective(f)
    layout, point, vector, index, (low, high) = _line(objective, x, direction, index, bounds)
    options = _c.derivative_options(
        bytes=ctypes.sizeof(_c.derivative_options), noise=number(noise, "noise"),
        measure_noise=int(bool(measure_noise)),
        scale=number(scale, "scale"), lower=low, upper=high,
        max_evaluations=whole(max_evaluations, "max_evaluations", 0))
    out = _c.derivative()
    with objective._open(layout) as handle:
        run(lib.tw_derivative_directional, handle.pointer, _arrays.address(point), _arrays.address(vector), index,
            ctypes.byref(options), ctypes.byref(out))
    return _derivative(out)


def _derivative(out):
    flags = tuple(name for name, bit in _FLAGS.items() if out.flags & bit)
    return Derivative(out.value, out.error, out.left, out.right, _CLASSES[out.point_class], out.step, out.order,
                      out.noise, out.kink, flags, out.evaluations)


def _pattern(sparsity, shape):
    """indptr and indices of where entries can differ from zero; None where all can."""
    if sparsity is None:
        return None
    if hasattr(sparsity, "tocsr"):  # SciPy's
        sparse = sparsity.tocsr()
        sparse.sort_indices()
        if sparse.shape != shape:
            raise ArgumentError(f"sparsity: its shape is {sparse.shape}, and the matrix has {shape}")
        return np.array(sparse.indptr, dtype=np.uintp), np.array(sparse.indices, dtype=np.uintp)
    mask = np.asarray(_arrays.real(sparsity, "sparsity", finite=False) != 0)
    if mask.shape != shape:
        raise ArgumentError(f"sparsity: its shape is {mask.shape}, and the matrix has {shape}")
    indptr = np.zeros(shape[0] + 1, dtype=np.uintp)
    indptr[1:] = np.cumsum(mask.sum(axis=1))
    return indptr, np.ascontiguousarray(np.nonzero(mask)[1], dtype=np.uintp)


class _Pattern:
    """A tw_pattern for one call."""

    def __init__(self, pattern, shape):
        self.pointer = ctypes.c_void_p()
        if pattern is not None:
            run(lib.tw_pattern_new, *shape, _arrays.address(pattern[0]), _arrays.address(pattern[1]),
                ctypes.byref(self.pointer))

    def __enter__(self):
        return self.pointer

    def __exit__(self, *_):
        lib.tw_pattern_free(self.pointer)


def jacobian(r: Function, x: Point, *, method: str = "ladder", step: float | None = None,
             bounds: Bounds | None = None, scales: Point | None = None, sparsity: Any = None,
             noise: float = 0.0) -> Jacobian:
    """The Jacobian of several functions, by differences, with an error bar for every entry.

    Parameters
    ----------
    r : callable
        ``r(x)``, an array of m numbers of any shape.
    x : array_like or dict
        The point, n numbers.
    method : {"ladder", "robust", "central", "forward"}
    step, bounds, scales
        As in `gradient`.
    sparsity : array_like or SciPy matrix of shape (m, n), optional
        Where entries can differ from zero: columns that share no row are then moved together. It is verified.
    noise : float
        Relative rounding error of one number of r; 2**-52 by default.

    Returns
    -------
    Jacobian
        With ``value[i, j]`` the derivative of number i of r by number j of x; with `sparsity` the entries alone.

    References
    ----------
    Curtis, Powell and Reid, J. Inst. Maths Applics 13 (1974).

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> j = thalweg.jacobian(lambda x: np.array([x[0] * x[1], x[1]**2]), [2.0, 3.0])
    >>> np.allclose(j, [[3, 2], [0, 6]])
    True
    """
    if not callable(r):
        raise ArgumentError(f"r: a function is wanted, not a {type(r).__name__}")
    layout, point = of_point(x)
    first = r(layout.view(_frozen(point)))
    count = np.size(first)
    if count == 0:
        raise CallbackError("r answered no numbers")
    pattern = _pattern(sparsity, (count, layout.size))
    shape = np.shape(first)

    def residuals(_, n, x, m, out):
        _arrays.write(out, _arrays.answer(r(layout.view(_arrays.copied(x, n))), shape, "r"))

    callback = user_callback(_c.residual_fn, residuals)
    told = _c.residuals(bytes=ctypes.sizeof(_c.residuals), function=ctypes.cast(callback, ctypes.c_void_p),
                        n=layout.size, m=count, noise=number(noise, "noise"))
    lower, upper = _sides(bounds, layout)
    sizes = _scales(scales, layout)
    entries = count * layout.size if pattern is None else len(pattern[1])
    value, bars = np.empty(entries), np.full(entries, np.nan)
    options = _c.jacobian_options(
        bytes=ctypes.sizeof(_c.jacobian_options), method=choice(method, "method", _METHODS),
        step=0.0 if step is None else number(step, "step"), scales=_arrays.address(sizes), lower=_arrays.address(lower),
        upper=_arrays.address(upper), bars=_arrays.address(bars),
        progress=ctypes.cast(watch_progress, ctypes.c_void_p))
    report = _c.jacobian_report()
    told_at, at, by, to = ctypes.byref(told), _arrays.address(point), ctypes.byref(options), ctypes.byref(report)
    if pattern is None:
        run(lib.tw_diff_jacobian, told_at, at, by, _arrays.address(value), to)
        value, bars = value.reshape(count, -1), bars.reshape(count, -1)
    else:
        with _Pattern(pattern, (count, layout.size)) as places:
            run(lib.tw_diff_jacobian_sparse, told_at, places, at, by, _arrays.address(value), to)
    return Jacobian(value, bars, method, report.groups, report.without, report.evaluations, report.seconds,
                    *_of_pattern(pattern), (count, layout.size))


def _of_pattern(pattern):
    return (None, None) if pattern is None else tuple(part.astype(np.intp) for part in pattern)


def _frozen(point):
    point = point.copy()
    point.flags.writeable = False
    return point


def hessian(f: Loss, x: Point | None = None, *, gradient: Function | None = None, source: str | None = None,
            bounds: Bounds | None = None, scales: Point | None = None, sparsity: Any = None) -> Hessian:
    """The matrix of second derivatives, by differences, with an error bar for every entry.

    Parameters
    ----------
    f : callable or Objective
    x : array_like or dict
        The point, n numbers.
    gradient : callable, optional
        ``gradient(x)``, in the form of x. With it differences are those of gradients.
    source : {"gradients", "ladder", "values"}, optional
        "gradients" takes four gradients a column, "ladder" a ladder in every entry, "values" values alone. By default
        "gradients" where there is a gradient.
    bounds, scales
        As in `gradient`.
    sparsity : array_like or SciPy matrix of shape (n, n), optional
        Symmetric: where entries can differ from zero. Needs a gradient; it is verified.

    Returns
    -------
    Hessian

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> h = thalweg.hessian(lambda x: x[0]**2 * x[1], [1.0, 2.0])
    >>> bool(np.all(np.abs(h.value - [[4, 2], [2, 0]]) <= h.error))
    True
    """
    objective = as_objective(f, gradient)
    layout, point = objective._layout(x)
    lower, upper = _sides(bounds, layout)
    sizes = _scales(scales, layout)
    shape = (layout.size, layout.size)
    pattern = _pattern(sparsity, shape)
    entries = layout.size ** 2 if pattern is None else len(pattern[1])
    value, bars = np.empty(entries), np.full(entries, np.nan)
    report = _c.hessian_report()
    with objective._open(layout) as handle:
        if source is None:
            has = lib.tw_objective_capabilities(handle.pointer) & _c.CAN_GRADIENT
            source = "gradients" if has or pattern is not None else "values"
        options = _c.hessian_options(
            bytes=ctypes.sizeof(_c.hessian_options), source=choice(source, "source", ("gradients", "ladder", "values")),
            scales=_arrays.address(sizes), lower=_arrays.address(lower), upper=_arrays.address(upper),
            bars=_arrays.address(bars), progress=ctypes.cast(watch_progress, ctypes.c_void_p))
        at, by, to = _arrays.address(point), ctypes.byref(options), ctypes.byref(report)
        if pattern is None:
            run(lib.tw_diff_hessian, handle.pointer, at, by, _arrays.address(value), to)
            value, bars = value.reshape(shape), bars.reshape(shape)
        else:
            with _Pattern(pattern, shape) as places:
                run(lib.tw_diff_hessian_sparse, handle.pointer, places, at, by, _arrays.address(value), to)
    return Hessian(value, bars, report.asymmetry, report.groups, report.without, report.evaluations, report.seconds,
                   *_of_pattern(pattern), shape)


def hessian_product(f: Loss, x: Point | None = None, v: Point | None = None, *,
                    gradient: Function | None = None) -> HessianProduct:
    """The Hessian times a vector, from four gradients, with an error bar for every entry.

    Parameters
    ----------
    f : callable or Objective
    x : array_like or dict
        The point.
    v : as x
        The vector.
    gradient : callable, optional
        ``gradient(x)``, in the form of x; needed unless the objective has one.

    Returns
    -------
    HessianProduct

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> f = thalweg.Objective(lambda x: (x**4).sum(), gradient=lambda x: 4 * x**3)
    >>> p = thalweg.hessian_product(f, [1.0, 2.0], [1.0, 1.0])
    >>> bool(np.all(np.abs(p.value - [12, 48]) <= p.error))
    True
    """
    objective = as_objective(f, gradient)
    layout, point = objective._layout(x)
    if v is None:
        raise ArgumentError("v: give the vector")
    vector = layout.pack(v, "v")
    value, bars = np.empty(layout.size), np.full(layout.size, np.nan)
    report = _c.product_report()
    with objective._open(layout) as handle:
        run(lib.tw_diff_hessian_product, handle.pointer, _arrays.address(point), _arrays.address(vector),
            _arrays.address(value), _arrays.address(bars), ctypes.byref(report))
    return HessianProduct(layout.view(value), layout.view(bars), report.step, report.evaluations, report.seconds)


# ---- the step ----

@dataclass(repr=False, eq=False)
class Sweep:
    """The errors of forward and central differences over their step, and the steps of known frameworks."""

    value: float              #: f(x)
    derivative: Derivative    #: the numerical derivative, by a ladder
    reference: float          #: what errors are measured from
    error: float              #: of the reference: errors below it mean nothing
    step: np.ndarray          #: widest first
    forward: np.ndarray       #: the differences at these steps
    central: np.ndarray
    forward_error: np.ndarray
    central_error: np.ndarray
    best_forward: float       #: the step that is best by the fitted branches; NaN where there is none
    best_central: float
    noise: float              #: absolute error of one value of the function, fitted
    frameworks: dict          #: by their names: (step, error) of the default of each
    note: str                 #: what is unusual, or ""
    evaluations: int
    _draw: Any

    def __repr__(self):
        return (f"<Sweep of {self.step.size} steps: derivative {self.reference:.9g}, best step {self.best_central:.2g} "
                f"(central), {self.best_forward:.2g} (forward), noise {self.noise:.2g}>")

    def plot(self, path: PathLike | None = None, **options: Any) -> Picture | None:
        """The figure, as `thalweg.plot`."""
        return draw_struct(path, options, lambda to, figure: self._draw.plot(to, figure))

    def _repr_png_(self):
        return png_of(self)


class _SweepMemory(Owner):
    """A tw_sweep, for as long as somebody may draw it."""

    def __init__(self):
        self.struct = _c.roomy(_c.sweep)

    def __reduce__(self):
        return Gone, ()

    def __del__(self):
        if hasattr(self, "struct"):  # not where Ctrl-C came first
            lib.tw_sweep_release(ctypes.byref(self.struct))

    def plot(self, path, figure):
        return lib.tw_plot_sweep(path, figure, ctypes.byref(self.struct))


def step_sweep(f: Loss, x: Point | None = None, direction: Point | None = None, *, index: int = 0,
               gradient: Function | None = None, scale: float = 0.0, first: int = 1, count: int | None = None,
               bounds: Bounds | None = None) -> Sweep:
    """Which step of differences is right? The error of each, fitted, and those of the defaults of frameworks.

    Parameters
    ----------
    f : callable or Objective
    x : float, array_like or dict
        The point.
    direction : as x, optional
        The line; by default the entry `index` of x moves alone.
    gradient : callable, optional
        Of f: then errors are measured from its derivative, where that is right.
    scale : float
        Steps are ``scale * 2**-first``, then halved; by default the size of x.
    count : int, optional
        How many; 45 by default.
    bounds : tuple, optional
        ``(lower, upper)`` of t, which is 0 at x.

    Returns
    -------
    Sweep
        It draws itself in a notebook, and has ``plot()``.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> s = thalweg.step_sweep(np.exp, 1.0)
    >>> 1e-7 < s.best_central < 1e-4
    True
    """
    objective = as_objective(f, gradient)
    layout, point, vector, index, (low, high) = _line(objective, x, direction, index, bounds)
    options = _c.sweep_options(bytes=ctypes.sizeof(_c.sweep_options), scale=number(scale, "scale"),
                               first=whole(first, "first", -2000, 2000),
                               count=0 if count is None else whole(count, "count"), lower=low, upper=high)
    if count is None and first != 1:
        options.count = 45
    memory = _SweepMemory()
    with objective._open(layout) as handle:
        run(lib.tw_diff_sweep, handle.pointer, _arrays.address(point), _arrays.address(vector), index,
            ctypes.byref(options), ctypes.byref(memory.struct))
    return _sweep(memory)


def _sweep(memory):
    out = memory.struct
    steps = np.frombuffer(ctypes.string_at(out.steps, out.count * ctypes.sizeof(_c.sweep_step))).reshape(out.count, 5)
    marks = {}
    for mark in out.marks[:out.mark_count]:
        marks[_c.step_rule.from_address(mark.rule).name.decode()] = (mark.h, mark.error)
    text = ctypes.create_string_buffer(256)
    note = lib.tw_sweep_explain(ctypes.byref(out), text, 256).decode()
    return Sweep(out.value, _derivative(out.ladder), out.reference, out.bar, steps[:, 0].copy(), steps[:, 1].copy(),
                 steps[:, 2].copy(), steps[:, 3].copy(), steps[:, 4].copy(), out.fit[0].step, out.fit[1].step,
                 out.noise, marks, note, out.evaluations, memory)
