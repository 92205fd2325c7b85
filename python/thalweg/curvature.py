"""The curvature at a point: eigenvalues, trace, density."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any, Sequence

import numpy as np

from . import _arrays, _c
from ._call import Owner, run
from ._library import lib
from ._study import Study, choice, number, path_text, provenance, text, texts, whole
from ._typing import Function, Loss, PathLike, Point, Progress
from .figures import Gone, Picture, _Options, draw, png_of
from .landscape import _IGNORE, _MATRICES, _NORMS, _PRODUCTS
from .objective import as_objective

__all__ = ["Spectrum", "spectrum"]

_METHODS = _c.names(lib.tw_trace_method_name)
_STOPS = _c.names(lib.tw_spectrum_stop_name)


@dataclass(repr=False, eq=False)
class Spectrum:
    """What was found of the matrix of second derivatives; what was not asked for is None."""

    largest: np.ndarray           #: the largest eigenvalues, falling,
    largest_residual: np.ndarray  #: and |M v - value v| of each
    smallest: np.ndarray          #: the smallest ones, rising
    smallest_residual: np.ndarray
    largest_vectors: Any          #: a row an eigenvector; None of files
    smallest_vectors: Any
    eigenvalues: Any              #: all of them, falling, where exact
    trace: Any                    #: (trace, standard error)
    frobenius: Any                #: (norm, standard error)
    block_traces: Any             #: by the names of blocks: (trace, standard error)
    diagonal: Any                 #: (diagonal, standard errors)
    density: Any                  #: nodes and weights of the probes: {"nodes", "weights"}, (probes, steps) each
    matrix: str                   #: "hessian" or "gauss-newton"
    size: int                     #: parameters, and
    dimension: int                #: those that move
    error: float                  #: of products, as a share of the norm
    asymmetry: float
    stop: str                     #: how the search for pairs ended: "converged", "products", ...
    products: int                 #: with vectors
    complete: bool
    seconds: float
    notes: list
    provenance: dict = field(default_factory=dict)
    _source: Any = None

    def __repr__(self):
        parts = []
        if self.eigenvalues is not None:
            parts.append(f"eigenvalues {self.eigenvalues[-1]:.6g} ... {self.eigenvalues[0]:.6g}")
        if self.largest.size:
            parts.append(f"largest {self.largest[0]:.6g}")
        if self.smallest.size:
            parts.append(f"smallest {self.smallest[0]:.6g}")
        if self.trace:
            parts.append(f"trace {self.trace[0]:.6g} +- {self.trace[1]:.2g}")
        return (f"<Spectrum of the {self.matrix}, {self.dimension} parameters: {', '.join(parts)}; "
                f"{self.products} products>")

    def plot(self, path: PathLike | None = None, **options: Any) -> Picture | None:
        """The figure, as `thalweg.plot`."""
        how = _Options(options)
        return draw(path, lambda to: self._source.plot(to, how.address))

    def _repr_png_(self):
        return png_of(self)


class _Computed(Owner):
    """A tw_study_spectrum, for as long as somebody may draw it. It looks at no model then."""

    def __init__(self, pointer):
        self.pointer = pointer
        self.struct = _c.study_spectrum.from_address(pointer.value)

    def __reduce__(self):
        return Gone, ()

    def __del__(self):
        if getattr(self, "pointer", None):  # not where Ctrl-C came first
            lib.tw_study_spectrum_free(self.pointer)

    def plot(self, path, how):
        return lib.tw_study_picture_spectrum(path, how, ctypes.addressof(self.struct.report),
                                             ctypes.addressof(self.struct.provenance))


class OfFile:
    """A file that holds a spectrum."""

    def __init__(self, path):
        self.path = path

    def plot(self, path, how):
        return lib.tw_study_picture_files(None, how, 1, (ctypes.c_char_p * 1)(self.path), path)


def _pairs(pointer, count, size):
    if not count:
        return np.zeros(0), np.zeros(0), None
    pairs = (_c.eigenpair * count).from_address(pointer)
    vectors = None
    if pairs[0].vector:
        vectors = np.array([_arrays.taken(pair.vector, size) for pair in pairs])
    return np.array([pair.value for pair in pairs]), np.array([pair.residual for pair in pairs]), vectors


def spectrum_of(report, made, notes, seconds, source):
    """A Spectrum from a tw_curvature_report, copied."""
    facts, trace, density = report.facts, report.trace, report.density
    largest, smallest = (_pairs(report.largest, report.largest_count, facts.size),
                         _pairs(report.smallest, report.smallest_count, facts.size))
    blocks = diagonal = nodes = None
    if trace.block_count:
        names = texts(report.block_names, trace.block_count)
        items = (_c.trace_block * trace.block_count).from_address(trace.blocks)
        blocks = {name: (item.trace, item.standard_error) for name, item in zip(names, items)}
    if report.diagonal:
        diagonal = (_arrays.taken(report.diagonal, facts.size), _arrays.taken(report.diagonal_error, facts.size))
    if density.probes:
        width = density.steps
        shape = (density.probes, width)
        nodes = {"nodes": _arrays.taken(density.nodes, density.probes * width, shape),
                 "weights": _arrays.taken(density.weights, density.probes * width, shape)}
        counts = (ctypes.c_size_t * density.probes).from_address(density.counts)
        for k, count in enumerate(counts):
            nodes["nodes"][k, count:] = np.nan
            nodes["weights"][k, count:] = 0
    return Spectrum(
        largest[0], largest[1], smallest[0], smallest[1], largest[2], smallest[2],
        _arrays.taken(report.eigenvalues, report.eigenvalue_count) if report.eigenvalue_count else None,
        (trace.trace, trace.standard_error) if blocks else None,
        (trace.frobenius, trace.frobenius_error) if blocks else None,
        blocks, diagonal, nodes, _MATRICES[facts.matrix], facts.size, facts.dimension, facts.error, facts.asymmetry,
        _STOPS[report.stop], facts.products, bool(report.complete), seconds, notes, made, source)


def spectrum(f: Loss, x: Point | None = None, *, gradient: Function | None = None,
             hessian_product: Function | None = None, largest: int | None = None, smallest: int | None = None,
             trace: bool = False, diagonal: bool = False, density: bool = False, exact: bool = False,
             matrix: str | None = None, product: str | None = None, step: float | None = None,
             only: str | Sequence[str] | None = None, ignore: str | None = None, norm: str | None = None,
             asymmetric: bool = False, tolerance: float | None = None, unconfirmed: bool = False,
             max_products: int | None = None, basis: int | None = None, trace_method: str | None = None,
             draws: int | None = None, sketch: int | None = None, probes: int | None = None, nodes: int | None = None,
             file: PathLike | None = None, restart: bool = False, save_every: float | None = None,
             seed: int | None = None, progress: Progress | None = None, threads: int | None = None) -> Spectrum:
    """Eigenvalues, trace and density of the matrix of second derivatives, by its products with vectors.

    Parameters
    ----------
    f : callable, Objective or Model
        With a Hessian product; or with a gradient, and ``product="differences"``.
    x : array_like or dict, optional
        The point.
    gradient, hessian_product : callable, optional
        Of a function.
    largest, smallest : int, optional
        Extreme pairs; one of each where nothing else is asked for.
    trace, diagonal, density, exact : bool
        The trace (of blocks as well), the diagonal, the density by Lanczos' quadrature; all eigenvalues.
    matrix : {"hessian", "gauss-newton"}, optional
    product : {"exact", "differences"}, optional
    step : float, optional
        Of differences.
    only : sequence of str, optional
        Blocks that may move; all.
    ignore : {"biasbn"}, optional
    norm : {"filter", "layer", "weight"}, optional
        In units of filters, layers, weights.
    tolerance : float, optional
        Of residuals, a share of the largest |eigenvalue|.
    asymmetric, unconfirmed, max_products, basis, trace_method, draws, sketch, probes, nodes
        As in include/thalweg/study_spectrum.h.
    file : path, optional
        .h5: what it reached; a call that was ended goes on from there.
    restart, save_every, seed, progress, threads
        As in `thalweg.plane`.

    Returns
    -------
    Spectrum

    References
    ----------
    docs/curvature.md.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> a = np.diag([1.0, 2.0, -3.0])
    >>> s = thalweg.spectrum(lambda x: x @ a @ x / 2, np.ones(3), hessian_product=lambda x, v: a @ v)
    >>> np.allclose([s.largest[0], s.smallest[0]], [2, -3])
    True
    """
    given = dict(locals())
    objective = as_objective(f, gradient, hessian_product)
    layout, point = objective._layout(x)
    options = lib.tw_study_spectrum_defaults()
    for name, known in (("matrix", _MATRICES), ("product", _PRODUCTS), ("ignore", _IGNORE), ("norm", _NORMS)):
        setattr(options, name, choice(given[name], name, known))
    options.method = choice(trace_method, "trace_method", _METHODS)
    for name in ("trace", "diagonal", "density", "exact", "asymmetric", "unconfirmed", "restart"):
        setattr(options, name, int(bool(given[name])))
    for name, least in (("largest", 0), ("smallest", 0), ("basis", 1), ("draws", 1), ("sketch", 1), ("probes", 1),
                        ("nodes", 1), ("max_products", 1)):
        if given[name] is not None:
            setattr(options, "products" if name == "max_products" else name, whole(given[name], name, least))
    for name in ("step", "tolerance", "save_every"):
        if given[name] is not None:
            setattr(options, name, number(given[name], name))
    options.only = None if only is None else text(only if isinstance(only, str) else ",".join(only))
    options.output = path_text(file, "file")
    with Study(objective.seed_for(seed), progress, threads) as study:
        with objective._model(study, layout, point if x is not None or not objective._is_model else None) as model:
            out = ctypes.c_void_p()
            run(lib.tw_study_spectrum_run, model.pointer, ctypes.byref(options), ctypes.byref(out), files=True)
            source = _Computed(out)
            struct = source.struct
            notes = [note.value.decode(errors="replace") for note in struct.note[:struct.notes]]
            return spectrum_of(struct.report, provenance(struct.provenance), notes, struct.seconds, source)
