"""The loss along a line or over a plane, and directions."""
from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from . import _arrays, _c, layout as _layout
from ._call import holding_files, run, watch_progress, writing
from ._library import lib
from ._study import Study, choice, number, path_text, provenance, text, texts, whole
from ._typing import Direction, Function, Loss, Pair, PathLike, PathLikes, Point, Points, Progress, Share
from .errors import ArgumentError, FileError
from .figures import Picture, _Options, draw, png_of
from .objective import as_objective

__all__ = ["Surface", "Path", "Directions", "slice", "plane", "directions"]

_NORMS = _c.names(lib.tw_norm_name)
_IGNORE = _c.names(lib.tw_study_ignore_name)
_MATRICES = _c.names(lib.tw_curvature_matrix_name)
_PRODUCTS = _c.names(lib.tw_product_source_name)
_SCALES = ("auto", "linear", "log")


# ---- results ----

@dataclass(eq=False)
class Path:
    """A path of checkpoints in the coordinates of a plane, or a point with a name."""

    name: str
    x: np.ndarray
    y: np.ndarray
    length: np.ndarray      #: distance of the checkpoint from the origin
    distance: np.ndarray    #: and from the plane
    loss: np.ndarray        #: its own; NaN where unknown
    plane_loss: np.ndarray  #: the plane's at (x, y)

    def __repr__(self):
        return f"<Path {self.name!r} of {self.x.size} checkpoints>"


_PATH = ("x", "y", "length", "distance", "loss", "plane_loss")


@dataclass(repr=False, eq=False)
class Surface:
    """The loss, and other metrics, along a line (rank 1) or over a plane (rank 2).

    It draws itself in a notebook. ``numpy.asarray`` of it is its loss.
    """

    x: np.ndarray             #: coefficients, (nx,)
    y: Any                    #: (ny,); None along a line
    values: dict              #: by names as in files ("train_loss", ...): (ny, nx), or (nx,) along a line
    computed: np.ndarray      #: 0 where there are no values, 1 where they were computed, 2 where interpolated
    shown: str                #: the name of the metric that is the loss
    provenance: dict = field(default_factory=dict)  #: what made it
    paths: list = field(default_factory=list)       #: trajectories, or the two or three points, in it
    labels: tuple = (None, None)                    #: of the axes, where paths give them
    notes: list = field(default_factory=list)       #: what a reader should know
    center: float = float("nan")      #: the loss at the point
    minimum: float = float("nan")     #: of the points that were evaluated,
    minimum_at: tuple = ()            #: and where
    maximum: float = float("nan")
    evaluated: int = 0                #: points that were evaluated, those in the file among them
    continued: int = 0                #: points that were taken from the file
    error: float = float("nan")       #: the largest standard error over its loss
    interpolation_error: float = float("nan")  #: of an adaptive one: the largest error of the loss at held-out
    #: points, as a share of what it spans
    samples: int = 0                  #: behind every point
    seconds: float = 0.0
    curvature: Any = None             #: with curvature: what is known of it, a dict
    barrier: Any = None               #: of a line between two points: {"height", "at", "from", "to"}
    file: Any = None

    @property
    def rank(self) -> int:
        """1 of a line, 2 of a plane."""
        return 1 if self.y is None else 2

    @property
    def loss(self) -> np.ndarray:
        """The loss: (ny, nx), or (nx,) along a line."""
        return self.values[self.shown]

    def __getitem__(self, name):
        return self.values[name]

    def __array__(self, dtype=None, copy=None):
        return np.array(self.loss, dtype=dtype)

    def __repr__(self):
        size = f"{self.x.size}" if self.y is None else f"{self.x.size} x {self.y.size}"
        known = self.loss[self.computed > 0]
        known = known[np.isfinite(known)]
        span = f", {self.shown} {known.min():.6g} ... {known.max():.6g}" if known.size else ""
        done = int((self.computed == 1).sum())
        part = "" if done == self.computed.size else f", {done} evaluated"
        return f"<Surface of {size} points{part}{span}>"

    def plot(self, path: PathLike | None = None, **options: Any) -> Picture | None:
        """The figure, as `thalweg.plot`."""
        how = _Options(options)
        with _CSurface(self) as made:
            return draw(path, lambda to: lib.tw_study_picture_surface(to, how.address, made.surface, made.paths,
                                                                      made.provenance))

    def _repr_png_(self):
        return png_of(self)

    def save(self, path: PathLike) -> None:
        """Writes it: .h5, .npz, .csv, .vts or .vtk."""
        with _CSurface(self) as made:
            run(lib.tw_surface_write, path_text(path, "path"), made.surface, made.provenance, files=True)
            if self.paths and os.fspath(path).endswith((".h5", ".hdf5")):
                run(lib.tw_paths_write, text(path), made.paths, files=True)


class _CSurface:
    """A tw_surface, its paths and its provenance, for as long as the context lasts."""

    def __init__(self, surface):
        self.from_ = surface

    def __enter__(self):
        given = self.from_
        self.struct, self.made = _c.surface(), _c.provenance()
        names = (ctypes.c_char_p * len(given.values))(*[name.encode() for name in given.values])
        x = np.ascontiguousarray(given.x, dtype=np.float64)
        y = None if given.y is None else np.ascontiguousarray(given.y, dtype=np.float64)
        run(lib.tw_surface_init_coordinates, ctypes.byref(self.struct), x.size, _arrays.address(x),
            1 if y is None else y.size, _arrays.address(y), len(given.values), ctypes.addressof(names))
        for k, values in enumerate(given.values.values()):
            flat = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
            ctypes.memmove(self.struct.values + 8 * flat.size * k, flat.ctypes.data, 8 * flat.size)
        mask = np.ascontiguousarray(given.computed, dtype=np.uint8)
        ctypes.memmove(self.struct.computed, mask.ctypes.data, mask.size)
        for key, said in given.provenance.items():
            run(lib.tw_provenance_add, ctypes.byref(self.made), key.encode(), b"%s", said.encode())
        self.keep, self.paths = [], None
        if given.paths:
            self.paths = ctypes.addressof(self._paths(given))
        self.surface, self.provenance = ctypes.addressof(self.struct), ctypes.addressof(self.made)
        return self

    def _paths(self, given):
        items = (_c.path * len(given.paths))()
        for item, path in zip(items, given.paths):
            item.name, item.count = text(path.name), path.x.size
            for name in _PATH:
                array = np.ascontiguousarray(getattr(path, name), dtype=np.float64)
                self.keep.append(array)
                setattr(item, name, array.ctypes.data)
        struct = _c.paths(count=len(items), path=ctypes.addressof(items))
        struct.labels[:] = [text(label) for label in given.labels]
        self.keep += [items, struct]
        return struct

    def __exit__(self, *_):
        lib.tw_surface_release(ctypes.byref(self.struct))
        lib.tw_provenance_release(ctypes.byref(self.made))


def surface_of(struct, paths, made, **facts):
    """A Surface from a tw_surface, copied."""
    shape = (struct.nx,) if struct.rank == 1 else (struct.ny, struct.nx)
    count = struct.nx * struct.ny
    names = texts(struct.names, struct.metrics)
    values = {name: _arrays.taken(struct.values + 8 * count * k, count, shape) for k, name in enumerate(names)}
    computed = np.frombuffer(ctypes.string_at(struct.computed, count), dtype=np.uint8).reshape(shape).copy()
    return Surface(_arrays.taken(struct.x, struct.nx), _arrays.taken(struct.y, struct.ny), values, computed,
                   names[lib.tw_surface_shown(ctypes.byref(struct))], made, *_paths_of(paths), **facts)


def _paths_of(struct):
    if not struct.count:
        return [], (None, None)
    found = []
    for item in (_c.path * struct.count).from_address(struct.path):
        columns = [_arrays.taken(getattr(item, name), item.count) for name in _PATH]
        columns = [np.full(item.count, np.nan) if column is None else column for column in columns]
        found.append(Path(item.name.decode(errors="replace") if item.name else "", *columns))
    return found, tuple(None if label is None else label.decode(errors="replace") for label in struct.labels)


# ---- options ----

def _share(value, name):
    """0.01 as "1%", a text as it is."""
    if value is None or isinstance(value, str):
        return text(value)
    share = Decimal(repr(number(value, name)))
    if not share.is_finite():
        raise ArgumentError(f"{name}: {value} is no share")
    return f"{(100 * share).normalize():f}%".encode()


def _axis(limits, points, name):
    if limits is None and points is None:
        return _c.axis(0, 0, 0)
    if limits is None:  # a range that the library chooses
        if whole(points, "points") == 1:
            raise ArgumentError("points: one point has no range; say where it is, as in xlim=(0, 0)")
        return _c.axis(_c.NAN, _c.NAN, whole(points, "points"))
    try:
        first, last = (float(end) for end in limits)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name}lim: a pair (first, last) is wanted") from None
    return _c.axis(first, last, 51 if points is None else whole(points, "points"))


def _is_file(value):
    return isinstance(value, (str, bytes)) or hasattr(value, "__fspath__")


class _PlaneOptions:
    """A tw_study_plane_options in `struct` from keywords; it keeps the vectors."""

    def __init__(self, struct, layout, *, dx=None, dy=None, file=None, norm=None, ignore=None, peer_rules=False,
                 orthogonal=False, scale=None, trajectory=None, mean=False, to=None, third=None):
        self.keep = []
        for name, word, vector, value in (("dx", "dx", "x_vector", dx), ("dy", "dy", "y_vector", dy),
                                          ("to", "to", "to_point", to), ("third", "third", "third_point", third)):
            if value is None:
                continue
            if _is_file(value):
                setattr(struct, word, text(value))
                continue
            array = layout.pack(value, name)
            if name in ("dx", "dy") and not array.any():
                raise ArgumentError(f"{name}: the direction is zero: give one with an entry that is not")
            self.keep.append(array)
            setattr(struct, word, b"given")
            setattr(struct, vector, array.ctypes.data)
        struct.directions = path_text(file, "directions")
        if trajectory is not None:
            files = [trajectory] if _is_file(trajectory) or not hasattr(trajectory, "__iter__") else list(trajectory)
            if not files:
                raise ArgumentError("trajectory: the list is empty")
            for name in files:
                path_text(name, "trajectory")
                if not os.path.exists(name):
                    raise FileError(f"trajectory: cannot open '{os.fsdecode(name)}': No such file or directory")
                if "," in os.fsdecode(name):
                    raise ArgumentError(f"trajectory: '{os.fsdecode(name)}' has a comma in its name")
            struct.trajectory = text(",".join(os.fsdecode(name) for name in files))
        struct.norm = choice(norm, "norm", _NORMS)
        struct.ignore = choice(ignore, "ignore", _IGNORE)
        struct.mean, struct.peer_rules, struct.orthogonal = int(mean), int(peer_rules), int(orthogonal)
        if scale is not None:
            struct.scale = number(scale, "scale")


def _point_of(objective, x, trajectory):
    """The layout, and the point where one is given or the objective has one that holds."""
    given = x is not None
    if given or trajectory is None or objective.start is not None or objective.blocks is not None:
        if not given and trajectory is not None and objective.start is None:
            return objective._blocks_layout(), None
        layout, point = objective._layout(x)
        return layout, point if given or (trajectory is None and not objective._is_model) else None
    from .files import Trajectory
    first = trajectory if _is_file(trajectory) else next(iter(trajectory))
    return _layout.Layout({"x": (Trajectory(first).size,)}, "array"), None


_CURVATURE = ("matrix", "product", "eig_tolerance", "peer_scale", "eig_ignore")


def _set_curvature(options, curvature, given, rank):
    unknown = set(given) - set(_CURVATURE)
    if unknown:
        name = "plane" if rank == 2 else "slice"
        raise TypeError(f"{name}() got an unexpected keyword argument '{sorted(unknown)[0]}'")
    options.curvature = int(bool(curvature))
    options.matrix = choice(given.get("matrix"), "matrix", _MATRICES)
    options.product = choice(given.get("product"), "product", _PRODUCTS)
    options.eig_ignore = choice(given.get("eig_ignore"), "eig_ignore", _IGNORE)
    if given.get("eig_tolerance") is not None:
        options.eig_tolerance = number(given["eig_tolerance"], "eig_tolerance")
    if given.get("peer_scale") is not None:
        options.peer_scale = whole(given["peer_scale"], "peer_scale")


def _survey(rank, f, x, plane, *, xlim, ylim, points, border, repeats, errors, tolerance, adaptive, adaptive_scale,
            test, curvature, file, restart, save_every, save_directions, projection, seed, progress, threads,
            gradient, more):
    objective = as_objective(f, gradient)
    layout, point = _point_of(objective, x, plane.get("trajectory"))
    if test and not objective._is_model and objective.test is None:
        raise ArgumentError("test: the objective has no further data: give it some, Objective(..., test=...)")
    options = lib.tw_study_landscape_defaults(rank)
    vectors = _PlaneOptions(options.plane, layout, **plane)
    several = isinstance(points, (tuple, list)) or np.ndim(points) == 1
    counts = tuple(points) if several else (points, points)
    if several and rank == 1:
        raise ArgumentError("points: a number is wanted, of one axis")
    if len(counts) != 2:
        raise ArgumentError("points: a number or a pair (nx, ny) is wanted")
    options.x = _axis(xlim, counts[0], "x")
    if rank == 2:
        options.y = _axis(ylim, counts[1], "y")
    if border is not None:
        options.border = number(border, "border")
    if repeats is not None:
        options.repeats = whole(repeats, "repeats")
    options.errors, options.test, options.restart = int(errors), int(test), int(restart)
    options.tolerance, options.adaptive = _share(tolerance, "tolerance"), _share(adaptive, "adaptive")
    options.adaptive_scale = choice(adaptive_scale, "adaptive_scale", _SCALES, 0)
    options.output, options.projection = path_text(file, "file"), path_text(projection, "projection")
    options.directions = path_text(save_directions, "save_directions")
    if save_every is not None:
        options.save_every = number(save_every, "save_every")
    _set_curvature(options, curvature, more, rank)
    with Study(objective.seed_for(seed), progress, threads) as study:
        with objective._model(study, layout, point, bool(errors or tolerance is not None), test=bool(test)) as model:
            plan = ctypes.c_void_p()
            run(lib.tw_study_landscape_plan_on, study.address, model.take(), ctypes.byref(options),
                ctypes.byref(plan), files=True)
            del vectors
            try:
                return _run_plan(plan, study, file)
            finally:
                holding_files(lib.tw_study_landscape_plan_free, plan)


def _run_plan(plan, study, file):
    result = _c.roomy(_c.study_landscape_result)
    try:
        with writing(file):
            run(lib.tw_study_landscape_run, plan, ctypes.byref(result), files=True)
        made = provenance(_c.provenance.from_address(lib.tw_study_landscape_plan_provenance(plan)))
        return _surface_of_result(result, made, study, file)
    finally:
        holding_files(lib.tw_study_landscape_release, ctypes.byref(result))


def _surface_of_result(result, made, study, file):
    said, sums = result.notes, result.summary
    notes = [line[6:] if line.startswith("note: ") else line for line in study.notes()]
    notes += [note.text.decode(errors="replace") for note in said.note[:said.count]]
    notes += [part.decode(errors="replace") for part in (said.bounds, said.other_data) if part]
    facts = dict(notes=notes, center=sums.center, minimum=sums.minimum, maximum=sums.maximum,
                 continued=sums.continued, error=sums.error, samples=sums.samples, seconds=sums.seconds, file=file,
                 evaluated=sums.points)
    facts["minimum_at"] = (sums.minimum_x, sums.minimum_y)[:result.surface.rank]
    if result.adaptive.used:
        facts["evaluated"] = result.adaptive.report.evaluated
        error = _c.adaptive_error.from_address(result.adaptive.errors)
        facts["interpolation_error"] = error.measured / error.range if error.range else 0.0
    if result.curvature.used:
        facts["curvature"] = _curvature(result.curvature)
        notes += [facts["curvature"][name] for name in ("note", "missed", "hidden") if facts["curvature"][name]]
    if said.barriers:
        barrier = said.barrier[0].barrier
        facts["barrier"] = {"height": barrier.height, "at": barrier.at, "from": getattr(barrier, "from"),
                            "to": barrier.to}
    return surface_of(result.surface, result.paths, made, **facts)


def _curvature(struct):
    out = {}
    for name, kind in struct._fields_:
        value = getattr(struct, name)
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        out[name] = tuple(value) if isinstance(value, ctypes.Array) else value
    del out["used"]
    return out


def slice(f: Loss, x: Point | None = None, direction: Direction | None = None, *, to: Direction | None = None,
          xlim: Pair | None = None, points: int | None = None, trajectory: PathLikes | None = None,
          directions: PathLike | None = None, norm: str | None = None, ignore: str | None = None,
          peer_rules: bool = False, scale: float | None = None, border: float | None = None,
          repeats: int | None = None, errors: bool = False, tolerance: Share | None = None,
          adaptive: Share | None = None, adaptive_scale: str | None = None, test: bool = False,
          curvature: bool = False, file: PathLike | None = None, restart: bool = False,
          save_every: float | None = None, save_directions: PathLike | None = None,
          projection: PathLike | None = None, seed: int | None = None, progress: Progress | None = None,
          threads: int | None = None, gradient: Function | None = None, **more: Any) -> Surface:
    """The loss along a line.

    Parameters
    ----------
    f : callable, Objective or Model
    x : array_like or dict, optional
        The point; by default the objective's start, or the last checkpoint of `trajectory`.
    direction : str, path, array_like or dict, optional
        "random" (by default), "gradient", "axis:ENTRY", "eigen:K", a file of parameters or directions, or a vector.
    to : path, array_like or dict, optional
        The line from the point (0) to these parameters (1), with its barrier.
    xlim : (first, last), optional
        The range of coefficients; -1 ... 1, between points -0.5 ... 1.5.
    points : int, optional
        51, between points 101.
    repeats : int, optional
        Along so many random directions: their mean, and the band that they fill.
    directions, norm, ignore, peer_rules, scale, trajectory, border
        As in `plane`.
    errors, tolerance, adaptive, adaptive_scale, test, curvature, file, restart, save_every, save_directions, \
projection, seed, progress, threads, gradient
        As in `plane`.

    Returns
    -------
    Surface

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> s = thalweg.slice(lambda x: (x**2).sum(), np.zeros(2), [1.0, 0.0], points=5)
    >>> s.loss.tolist()
    [1.0, 0.25, 0.0, 0.25, 1.0]
    """
    plane = dict(dx=direction, to=to, trajectory=trajectory, file=directions, norm=norm, ignore=ignore,
                 peer_rules=peer_rules, scale=scale)
    return _survey(1, f, x, plane, xlim=xlim, ylim=None, points=points, border=border, repeats=repeats,
                   errors=errors, tolerance=tolerance, adaptive=adaptive, adaptive_scale=adaptive_scale, test=test,
                   curvature=curvature, file=file, restart=restart, save_every=save_every,
                   save_directions=save_directions, projection=projection, seed=seed, progress=progress,
                   threads=threads, gradient=gradient, more=more)


def plane(f: Loss, x: Point | None = None, dx: Direction | None = None, dy: Direction | None = None, *,
          to: Direction | None = None, third: Direction | None = None, trajectory: PathLikes | None = None,
          mean: bool = False, directions: PathLike | None = None, norm: str | None = None, ignore: str | None = None,
          peer_rules: bool = False, orthogonal: bool = False, scale: float | None = None, xlim: Pair | None = None,
          ylim: Pair | None = None, points: Points | None = None, border: float | None = None, errors: bool = False,
          tolerance: Share | None = None, adaptive: Share | None = None, adaptive_scale: str | None = None,
          test: bool = False, curvature: bool = False, file: PathLike | None = None, restart: bool = False,
          save_every: float | None = None, save_directions: PathLike | None = None,
          projection: PathLike | None = None, seed: int | None = None, progress: Progress | None = None,
          threads: int | None = None, gradient: Function | None = None, **more: Any) -> Surface:
    """The loss over a plane.

    Parameters
    ----------
    f : callable, Objective or Model
    x : array_like or dict, optional
        The point; by default the objective's start, or the last checkpoint of `trajectory`.
    dx, dy : str, path, array_like or dict, optional
        The directions: "random" (by default), "gradient", "axis:ENTRY" (one parameter), "eigen:K" (an eigenvector of
        the Hessian), "to:FILE", a file of parameters or directions, or a vector. A function of two numbers is drawn
        over these where nothing is said.
    to, third : path, array_like or dict, optional
        The plane through the point and both.
    trajectory : path or list of paths, optional
        Files of checkpoints: the plane of their principal components, with the paths in it.
    mean : bool
        Components about the mean of the checkpoints instead of the point.
    directions : path, optional
        A file of both directions.
    norm : {"filter", "layer", "weight", "dfilter", "dlayer", "model", "none"}, optional
        How directions are brought to the size of the point; "model" of those that are drawn.
    ignore : {"biasbn"}, optional
        Directions are 0 in the blocks of fewer than two axes.
    peer_rules : bool
        Random directions as tomgoldstein/loss-landscape makes them.
    orthogonal : bool
        dy is made orthogonal to dx.
    scale : float, optional
        Factor of the directions, in the place of a norm.
    xlim, ylim : (first, last), optional
        The ranges of coefficients; -1 ... 1, or what holds the paths.
    points : int or (int, int), optional
        51 an axis.
    border : float, optional
        Around paths, as a share of their extent.
    errors : bool
        The standard error of the loss as well; needs losses of single samples.
    tolerance : float or str, optional
        As few samples, the same for every point, as bring each standard error below this share of its loss: 0.01, or
        "1%".
    adaptive : float or str, optional
        Points only where the surface needs them, the others interpolated with an error of at most this share of what
        the loss spans: 0.01 or "1%"; the text "0.01" is in units of the loss.
    adaptive_scale : {"auto", "linear", "log"}, optional
    test : bool
        Of a Model on data: the test split as well, in the same pass. Of an Objective: the metrics of its `test`.
    curvature : bool
        The extreme eigenvalues of the Hessian at every point; with the keywords ``matrix``, ``product``,
        ``eig_tolerance``, ``eig_ignore`` and ``peer_scale`` of `thalweg.spectrum` and of the tool's --curvature.
    file : path, optional
        .h5, .npz or .csv: saved while it goes, and continued where it holds a part of the same surface.
    restart : bool
        Whatever the file holds.
    save_every : float, optional
        Seconds between two saves; 2.
    save_directions, projection : path, optional
        Where the directions are written, and the coordinates of the one trajectory.
    seed : int, optional
        Of what is drawn; a Model's own, else 0.
    progress : bool or callable, optional
        A bar on a terminal and in a notebook unless it is False; or ``progress(label, done, total)``.
    threads : int, optional
        Of a Model; a function of Python's is called on one thread. 0: one a processor.
    gradient : callable, optional
        Of a function.

    Returns
    -------
    Surface

    Raises
    ------
    ArgumentError
        For options that contradict each other, or a file of another surface.
    Exception
        Whatever `f` raises, as it was raised; what was computed before is in the file. So with Ctrl-C.

    References
    ----------
    Li et al., arXiv:1712.09913; docs/cli.md.

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> s = thalweg.plane(lambda x: x[0]**2 + 10 * x[1]**2, [0.5, 0.5], points=21)
    >>> s.loss.shape, s.x[0], s.x[-1]
    ((21, 21), -0.5, 1.5)
    """
    which = dict(dx=dx, dy=dy, to=to, third=third, trajectory=trajectory, mean=mean, file=directions, norm=norm,
                 ignore=ignore, peer_rules=peer_rules, orthogonal=orthogonal, scale=scale)
    return _survey(2, f, x, which, xlim=xlim, ylim=ylim, points=points, border=border, repeats=None,
                   errors=errors, tolerance=tolerance, adaptive=adaptive, adaptive_scale=adaptive_scale, test=test,
                   curvature=curvature, file=file, restart=restart, save_every=save_every,
                   save_directions=save_directions, projection=projection, seed=seed, progress=progress,
                   threads=threads, gradient=gradient, more=more)


# ---- directions ----

@dataclass(repr=False, eq=False)
class Directions:
    """One or two directions of a parameter space, and what is known of them."""

    x: Any                  #: in the form of the point
    y: Any                  #: None where there is one alone
    origin: Any             #: None of files
    sources: tuple          #: where each comes from, in words
    angle: float            #: between both, in degrees
    cosine: float
    share: tuple            #: of principal components: the part of the path that lies along each
    _layout: Any = None
    provenance: dict = field(default_factory=dict)

    def __repr__(self):
        count = 1 if self.y is None else 2
        angle = "" if count == 1 else f", {self.angle:.3g} degrees apart"
        part = f", {100 * sum(self.share):.1f} % of the path" if self.share else ""
        return f"<Directions: {count} of {self._layout.size} numbers ({', '.join(self.sources)}){angle}{part}>"

    def save(self, path: PathLike) -> None:
        """Writes them: .h5 (the layout of loss-landscape) or .npz."""
        layout = self._layout
        vectors = [None if part is None else layout.pack(part, "directions") for part in (self.origin, self.x, self.y)]
        struct = _c.plane(rank=1 if self.y is None else 2, size=layout.size)
        for name, vector in zip(("origin", "x", "y"), vectors):
            setattr(struct, name, _arrays.address(vector))
        if self.y is not None:
            lib.tw_plane_measure(ctypes.byref(struct))
        space = _layout.Layout(layout.shapes, "dict").new_space({})
        try:
            run(lib.tw_directions_write, path_text(path, "path"), space, ctypes.byref(struct), None, files=True)
        finally:
            lib.tw_space_free(space)


def directions_of(struct, layout, made=None):
    """Directions from a tw_plane, copied."""
    def vector(pointer):
        return None if not pointer else layout.view(_arrays.taken(pointer, struct.size))

    sources = tuple(source.decode(errors="replace") if source else "unknown" for source in struct.source[:struct.rank])
    share = tuple(struct.pca.share[:struct.rank]) if struct.principal and struct.pca.total else ()
    return Directions(vector(struct.x), vector(struct.y), vector(struct.origin), sources, struct.angle, struct.cosine,
                      share, layout, made or {})


def directions(f: Loss | None = None, x: Point | None = None, dx: Direction | None = "random",
               dy: Direction | None = "random", *, trajectory: PathLike | None = None, mean: bool = False,
               norm: str | None = None, ignore: str | None = None, peer_rules: bool = False, orthogonal: bool = False,
               scale: float | None = None, seed: int | None = None, gradient: Function | None = None) -> Directions:
    """Directions of a parameter space: drawn, from files, towards other parameters, or components of a path.

    Parameters
    ----------
    f : callable, Objective or Model, optional
        Whose parameters they are of; not needed for vectors that say it themselves, or with `trajectory`.
    x : array_like or dict
        The point.
    dx, dy : str, path, array_like or dict
        As in `plane`; dy None: one direction.
    trajectory : path, optional
        A file of checkpoints: the directions are its principal components, unit vectors about the last checkpoint,
        or with `mean` about the mean. (``trajectory`` and ``mean`` go with no other option but ``dy=None``.)
    norm, ignore, peer_rules, orthogonal, scale, seed
        As in `plane`.

    Returns
    -------
    Directions

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> d = thalweg.directions(None, np.ones((3, 4)), norm="filter", seed=1)
    >>> np.linalg.norm(d.x, axis=1).round(6).tolist()
    [2.0, 2.0, 2.0]
    """
    if trajectory is not None:
        return _components(trajectory, 1 if dy is None else 2, mean)
    objective = as_objective(f if f is not None else _nothing, gradient)
    layout, point = objective._layout(x)
    options = lib.tw_study_plane_defaults()
    vectors = _PlaneOptions(options, layout, dx=dx, dy=dy, norm=norm, ignore=ignore, peer_rules=peer_rules,
                            orthogonal=orthogonal, scale=scale)
    out = _c.plane()
    with Study(objective.seed_for(seed), False) as study, objective._open(layout) as handle:
        run(lib.tw_study_plane_make, study.address, handle.pointer, _arrays.address(point), 1 if dy is None else 2,
            ctypes.byref(options), ctypes.byref(out), files=True)
    try:
        return directions_of(out, layout)
    finally:
        del vectors
        lib.tw_plane_release(ctypes.byref(out))


def _nothing(x):
    return 0.0


def _components(trajectory, rank, mean):
    from .files import Trajectory, opened_trajectory
    layout = Trajectory(trajectory)._layout
    options = _c.pca_options(bytes=ctypes.sizeof(_c.pca_options), mean=int(bool(mean)),
                             progress=ctypes.cast(watch_progress, ctypes.c_void_p))
    out = _c.plane()
    with opened_trajectory(trajectory) as file:
        # a tw_row_fn is a function of rows and what reads a trajectory is one: no callback is between them
        rows = _c.rows(count=lib.tw_trajectory_rows(file), size=layout.size, user=file,
                       read=ctypes.cast(lib.tw_trajectory_read, ctypes.c_void_p))
        run(lib.tw_trajectory_axes, ctypes.byref(rows), ctypes.byref(options), rank, ctypes.byref(out), files=True)
    try:
        lib.tw_plane_measure(ctypes.byref(out))
        found = directions_of(out, layout)
        found.sources = ("components",) * rank
        return found
    finally:
        lib.tw_plane_release(ctypes.byref(out))
