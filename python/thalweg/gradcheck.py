"""Is this gradient right? A verdict with its reasons."""
from __future__ import annotations

import ctypes
import math
import os
from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from . import _arrays, _c
from ._call import Owner, run, watch_progress
from ._library import lib
from ._study import number, path_text, whole
from ._typing import Bounds, Function, Loss, PathLike, Point
from .derivatives import _CLASSES, _scales, _sides
from .errors import ArgumentError, FileError
from .figures import Gone, Picture, draw_struct, png_of
from .objective import Objective, as_objective

__all__ = ["GradientCheck", "BlockCheck", "check_gradient", "assert_gradient"]

_VERDICTS = _c.names(lib.tw_verdict_name)
_REASONS = _c.names(lib.tw_reason_name)
_CAUSES = _c.names(lib.tw_cause_name)

_libc = ctypes.CDLL(None)
_libc.open_memstream.restype = ctypes.c_void_p
_libc.open_memstream.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
_libc.fclose.argtypes = [ctypes.c_void_p]
_libc.free.argtypes = [ctypes.c_void_p]

_FORMS = {"text": _c.GRADCHECK_TEXT, "json": _c.GRADCHECK_JSON, "csv": _c.GRADCHECK_CSV}
_ENTRIES = np.dtype([("block", np.uintp), ("index", np.uintp)] + [(name, np.float64) for name in (
    "x", "analytic", "numeric", "error", "left", "right", "tolerance", "absolute", "relative", "step", "kink")]
    + [("kind", np.intc), ("flags", np.uintc), ("evaluations", np.uintc), ("verdict", np.intc), ("reason", np.intc)],
    align=True)


@dataclass(eq=False)
class BlockCheck:
    """What a check found in one block of the parameters."""

    name: str
    verdict: str              #: "pass", "fail", "inconclusive", "not moved" or "not tested"
    cause: str                #: one word, such as "sign"; "" where it does not fail
    explanation: str          #: the cause in a sentence, with its numbers
    tested: int               #: entries
    failed: int
    inconclusive: int
    kinks: int
    small: int                #: that passed as too small to judge
    worst_relative: float     #: the largest |a - d| / max(|a|, |d|)
    median_relative: float
    cosine: float             #: of the angle between both gradients over the tested entries
    factor: float             #: of causes that have one
    where: tuple              #: the entries of the vector that the cause is about, first and one past the last


class GradientCheck(Owner):
    """What a check found. It is true where the verdict is "pass", and prints as the tool's report.

    Attributes
    ----------
    verdict : str
        "pass", "fail" or "inconclusive".
    cause : str
        One word about the first failing block: "sign", "factor", "transposed", ...; "" where nothing fails.
    explanation : str
        The same in a sentence, with its numbers.
    blocks : dict of BlockCheck
        By their names.
    entries : ndarray
        What was tested: index, x, analytic, numeric, error, left, right, tolerance, absolute, relative, step, kind,
        verdict, reason, ... an entry.
    fun : float
        The value at the point.
    rtol, atol, noise : float
        As used; the largest noise of a value that was met.
    worst_relative : float
        The largest |a - d| / max(|a|, |d|) of all blocks.
    notes : list of str
        Warnings.
    taylor_order : float
        The exponent with which the remainder of Taylor's formula falls: near 2 where the gradient is right, 3 with a
        right Hessian product, 1 where it is wrong; NaN where it was not looked at.
    hessian_verdict : str or None
        Of the objective's Hessian product; None without.
    evaluations : int
    seconds : float
    """

    def __init__(self, pointer):
        self._pointer, self._said = pointer, None  # what it said, after pickling
        check = self._struct = _c.gradcheck.from_address(pointer.value)
        self.verdict = _VERDICTS[check.verdict]
        self.cause = _cause(check.cause)
        self.fun, self.rtol, self.atol, self.noise = check.loss, check.rtol, check.atol, check.noise
        self.evaluations, self.seconds = check.evaluations, check.seconds
        blocks = [_c.gradcheck_block.from_address(check.blocks + k * ctypes.sizeof(_c.gradcheck_block))
                  for k in range(check.block_count)]
        self.blocks = {block.name.decode(): self._block(block) for block in blocks}
        self.hessian_verdict = _VERDICTS[check.hessian.verdict] if check.hessian.done else None
        failing = [block for block in self.blocks.values() if block.cause]
        self.explanation = failing[0].explanation if failing else ""
        if not failing and self.verdict == "fail" and check.hessian.done and self.hessian_verdict == "fail":
            self.explanation = "the Hessian product is not the derivative of the gradient"
        worst = [block.worst_relative for block in self.blocks.values()]
        self.worst_relative = max((number for number in worst if not math.isnan(number)), default=0.0)
        self.notes = [ctypes.string_at(check.notes + k * _c.GRADCHECK_NOTE).decode() for k in range(check.note_count)]
        self.taylor_order = check.taylor.order if check.taylor.count else float("nan")
        self.entries = self._entries()

    def __reduce__(self):
        said = {(form, brief): self.report(form, brief) for form in _FORMS for brief in (False, True)}
        return _restored, ({**vars(self), "_pointer": None, "_struct": None, "_said": said},)

    def __del__(self):
        if getattr(self, "_pointer", None):
            lib.tw_gradcheck_free(self._pointer)

    def _block(self, block):
        words = ctypes.create_string_buffer(400)
        explanation = lib.tw_gradcheck_explain(self._pointer, ctypes.byref(block), words, 400).decode()
        return BlockCheck(block.name.decode(), _VERDICTS[block.verdict], _cause(block.cause),
                          explanation if block.cause else "", block.tested, block.failed, block.inconclusive,
                          block.kinks, block.small, block.worst_relative, block.median_relative, block.cosine,
                          block.factor, (block.where, block.where_end))

    def _entries(self):
        count = self._struct.entry_count
        raw = np.frombuffer(ctypes.string_at(self._struct.entries, count * _ENTRIES.itemsize), dtype=_ENTRIES) \
            if count else np.zeros(0, _ENTRIES)
        named = {"kind": _CLASSES, "verdict": _VERDICTS, "reason": _REASONS}
        wanted = [name for name in _ENTRIES.names if name not in ("block", "flags")]
        kinds = [(name, "U16" if name in named else _ENTRIES[name]) for name in wanted]
        out = np.zeros(count, dtype=kinds)
        for name in wanted:
            out[name] = np.array(named[name])[raw[name]] if name in named else raw[name]
        return out

    @property
    def passed(self) -> bool:
        """Whether the verdict is "pass"."""
        return self.verdict == "pass"

    def __bool__(self):
        return self.passed

    def __repr__(self):
        why = f": {self.explanation}" if self.explanation else ""
        return f"<GradientCheck {self.verdict}{why}; {self.entries.size} entries, {self.evaluations} evaluations>"

    def __str__(self):
        return self.report().rstrip("\n")

    def report(self, form: str = "text", only_failures: bool = False) -> str:
        """The report as "text", "json" or "csv"."""
        if form not in _FORMS:
            raise ArgumentError(f"form: '{form}' is none of {', '.join(_FORMS)}")
        if self._said is not None:
            return self._said[form, bool(only_failures)]
        memory, size = ctypes.c_void_p(), ctypes.c_size_t()
        stream = _libc.open_memstream(ctypes.byref(memory), ctypes.byref(size))
        if not stream:
            raise MemoryError
        try:
            run(lib.tw_gradcheck_write, self._pointer, _FORMS[form], int(only_failures), stream)
        finally:
            _libc.fclose(stream)
            said = ctypes.string_at(memory, size.value).decode() if memory else ""
            _libc.free(memory)
        return said

    def save(self, path: PathLike, only_failures: bool = False) -> None:
        """Writes the report to a file: .json, or anything else as CSV."""
        if self._said is not None:
            form = "json" if os.fsdecode(path_text(path, "path")).endswith(".json") else "csv"
            try:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(self.report(form, only_failures))
            except OSError as error:
                raise FileError(f"cannot write '{os.fsdecode(path)}': {error.strerror}") from None
            return
        run(lib.tw_gradcheck_save, path_text(path, "path"), self._pointer, int(only_failures))

    def plot(self, path: PathLike | None = None, **options: Any) -> Picture | None:
        """The figure: the errors of every block. As `thalweg.plot`."""
        if self._said is not None:
            Gone().plot()
        return draw_struct(path, options, lambda to, figure: lib.tw_plot_gradcheck(to, figure, self._pointer))

    def _repr_png_(self):
        return png_of(self)


def _restored(state):
    made = GradientCheck.__new__(GradientCheck)
    vars(made).update(state)
    return made


def _cause(number):
    return "" if number == 0 else _CAUSES[number]


def check_gradient(f: Loss, gradient: Function | Point | None = None, x: Point | None = None, *, rtol: float = 0.0,
                   atol: float = 0.0, noise: float = 0.0, robust: bool = False, indices: Sequence[int] | None = None,
                   all_entries: bool = False, sample: int | None = None, only_probes: bool = False,
                   bounds: Bounds | None = None, scales: Point | None = None, seed: int = 0, max_evaluations: int = 0,
                   hessian_product: Function | None = None) -> GradientCheck:
    """Whether a gradient is the derivative of its function.

    Each entry a is held against a numerical derivative d with its own error bar u: it can be right, wrong, or
    impossible to tell. At kinks whatever lies between the one-sided derivatives is right. Up to 2,000 entries are
    all checked; of more, some in every block, and the whole of every block by random probes.

    Parameters
    ----------
    f : callable or Objective
        ``f(x) -> float``.
    gradient : callable
        ``gradient(x)``, in the form of `x`. Not with an Objective that has one: ``check_gradient(objective, x=x)``.
    x : array_like or dict
        The point. Better not one where part of the gradient vanishes.
    rtol : float
        Tolerance of ``|a - d|`` relative to the larger of both; 0: 1e-6, or 1e-3 of single precision.
    atol : float
    noise : float
        Relative noise of a value: 6e-8 of single precision; 0: what the objective says, or rounding.
    robust : bool
        Measure the noise in every entry from the start.
    indices : sequence of int, optional
        Check these entries of the vector only.
    all_entries : bool
        Check every entry, however many there are.
    sample : int, optional
        Of more than 2,000: drawn entries a block; 32.
    only_probes : bool
        No drawn entries: probes, and the wrong entries that they lead to.
    bounds, scales
        As in `thalweg.gradient`.
    seed : int
        Of what is drawn.
    max_evaluations : int
        What is not reached is inconclusive; 0: no limit.
    hessian_product : callable, optional
        ``hessian_product(x, v)``, checked as well.

    Returns
    -------
    GradientCheck
        True in a condition where it passes.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> check = thalweg.check_gradient(lambda x: (x**2).sum(), lambda x: -2 * x, np.array([1.0, 2.0]))
    >>> check.verdict, check.cause
    ('fail', 'sign')
    >>> check.explanation
    'every entry has the wrong sign'
    """
    if gradient is not None and not callable(gradient):
        if x is not None:
            raise ArgumentError("gradient: a function is wanted; the point is x")
        x, gradient = gradient, None
    objective = as_objective(f, gradient, hessian_product)
    if isinstance(objective, Objective) and not objective._has("gradient"):
        raise ArgumentError("gradient: give the gradient that is to be checked")
    objective = objective._to_check()
    layout, point = objective._layout(x)
    lower, upper = _sides(bounds, layout)
    sizes = _scales(scales, layout)
    places = _places(indices, layout.size)
    options = _c.gradcheck_options(
        bytes=ctypes.sizeof(_c.gradcheck_options), rtol=number(rtol, "rtol"), atol=number(atol, "atol"),
        noise=number(noise, "noise"),
        robust=int(bool(robust)), seed=whole(seed, "seed", 0, 2**64 - 1), every=_c.SIZE_MAX if all_entries else 0,
        sample=0 if sample is None else whole(sample, "sample"), only_probes=int(bool(only_probes)),
        indices=_arrays.address(places), index_count=0 if places is None else places.size,
        lower=_arrays.address(lower), upper=_arrays.address(upper), scales=_arrays.address(sizes),
        max_evaluations=whole(max_evaluations, "max_evaluations", 0),
        progress=ctypes.cast(watch_progress, ctypes.c_void_p),
        brief=int(bool(getattr(objective, "costly", False))))
    out = ctypes.c_void_p()
    with objective._open(layout) as handle:
        run(lib.tw_gradcheck_run, handle.pointer, _arrays.address(point), ctypes.byref(options), ctypes.byref(out))
    return GradientCheck(out)


def _places(indices, size):
    if indices is None:
        return None
    numbers = np.asarray(indices)
    if numbers.dtype.kind not in "iu" or numbers.ndim != 1 or numbers.size == 0:
        raise ArgumentError("indices: a list of whole numbers is wanted")
    if numbers.min() < 0 or numbers.max() >= size:
        raise ArgumentError(f"indices: not all are from 0 to {size - 1}")
    return np.ascontiguousarray(numbers, dtype=np.uintp)


def assert_gradient(f: Any, gradient: Function | Point | None = None, x: Point | None = None, *,
                    allow_inconclusive: bool = False, **options: Any) -> None:
    """Raises AssertionError with the report unless `check_gradient` passes: for pytest.

    Parameters
    ----------
    f, gradient, x, **options
        As in `check_gradient`.
    allow_inconclusive : bool
        Whether a check that cannot tell is no failure.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> thalweg.assert_gradient(np.sum, np.ones_like, np.array([1.0, 2.0]))
    """
    __tracebackhide__ = True  # pytest shows the line that called
    check = check_gradient(f, gradient, x, **options)
    if check.passed or (allow_inconclusive and check.verdict == "inconclusive"):
        return
    alone = check.hessian_verdict == "fail" and not any(block.cause for block in check.blocks.values())
    wrong = "Hessian product" if alone else "gradient"
    raise AssertionError(f"the {wrong} is wrong:\n" + check.report(only_failures=True) if check.verdict == "fail"
                         else "the check cannot tell whether the gradient is right:\n" + check.report())
