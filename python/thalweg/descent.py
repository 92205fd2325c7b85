"""Walking down."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _arrays, _c
from ._call import run, user_callback
from ._library import lib
from ._study import Study, choice, number, path_text, text, texts, whole
from ._typing import Function, Loss, PathLike, PathLikes, Point, Progress
from .errors import ArgumentError
from .figures import Picture, png_of
from ._arrays import article
from .objective import as_objective

__all__ = ["Descent", "minimize", "methods"]

_SCHEDULES = _c.names(lib.tw_schedule_name)
_SPACINGS = _c.names(lib.tw_study_training_spacing)


def methods() -> dict[str, str]:
    """The methods of `minimize`: a dict of what each does in a line.

    >>> import thalweg
    >>> "gd" in thalweg.methods() and "adam" in thalweg.methods()
    True
    """
    found = {}
    while optimizer := lib.tw_optimizer_at(len(found)):
        found[lib.tw_optimizer_name(optimizer).decode()] = lib.tw_optimizer_summary(optimizer).decode()
    return found


@dataclass(repr=False, eq=False)
class Descent:
    """Where a walk went. The names are SciPy's where it has them."""

    x: Any                  #: the point reached, in the form of the start
    fun: float              #: the loss there
    nit: int                #: iterations
    nfev: int               #: evaluations
    success: bool           #: it went down and came to an end of its own
    stop: str               #: "converged", "iterations", "stalled", "diverged", ...
    message: str            #: why it ended
    method: str
    table: dict             #: the columns of what was reported: iteration, step, train_loss, ...
    notes: list
    resumed: int            #: iterations that an earlier call had done
    seconds: float

    def __repr__(self):
        why = self.message if self.message.startswith(self.stop) else f"{self.stop}: {self.message}"
        return f"<Descent by {self.method}: fun {self.fun:.9g} after {self.nit} iterations, {why}>"

    def plot(self, path: PathLike | None = None, **options: Any) -> Picture | None:
        """The loss over the iterations, as `thalweg.plot`."""
        from .files import Table
        return Table("descent", self.table, {}).plot(path, **options)

    def _repr_png_(self):
        return png_of(self)


_SIZES = {"iterations": "iterations", "batch": "batch", "history": "history", "report_every": "report_every",
          "every": "every", "checkpoints": "checkpoints"}
_NUMBERS = ("step", "decay", "period", "momentum", "square_decay", "epsilon", "tolerance", "save_every")


def minimize(f: Loss, x: Point | None = None, method: str | None = None, *, gradient: Function | None = None,
             iterations: int | None = None, step: float | None = None, line_search: bool = False,
             schedule: str | None = None, decay: float | None = None, period: float | None = None,
             batch: int | None = None, momentum: float | None = None, square_decay: float | None = None,
             epsilon: float | None = None, tolerance: float | None = None, history: int | None = None,
             report_every: int | None = None, callback: Function | None = None, trajectory: PathLikes | None = None,
             every: int | None = None, checkpoints: int | None = None, spacing: str | None = None,
             output: PathLike | None = None, log: PathLike | None = None, picture: PathLike | None = None,
             restart: bool = False, save_every: float | None = None, seed: int | None = None,
             progress: Progress | None = None, threads: int | None = None) -> Descent:
    """Walks down a loss by one of the library's methods.

    Parameters
    ----------
    f : callable, Objective or Model
    x : array_like or dict, optional
        Where to begin.
    method : str, optional
        One of `methods`. By default "lbfgs" where there is a gradient, "local-search" where there is none, and "sgd"
        of a Model on data, or with `batch`.
    gradient : callable, optional
        Of a function.
    iterations, step, schedule, decay, period, momentum, square_decay, epsilon, tolerance, history
        Of the method (include/thalweg/optim.h); its own by default.
    batch : int, optional
        Samples behind one step: of a Model on data, and of an Objective with `sample_gradient`, whose methods but "sgd"
        take the whole gradient without it.
    line_search : bool
        "gd" looks for its steps.
    report_every : int, optional
        Iterations between two rows of the table.
    callback : callable, optional
        ``callback(row)`` after every row that is shown, `row` being a dict of its columns. It may raise StopIteration
        to end the walk.
    trajectory : path, optional
        .h5: checkpoints of all parameters, as it goes.
    every, checkpoints : int, optional
        A checkpoint every so many iterations, or so many in all.
    spacing : {"linear", "log"}, optional
    output, log, picture : path, optional
        Files of the parameters reached, the table and its figure.
    restart : bool
        Begins again, whatever an earlier call has left beside the files; otherwise it goes on to the same bits.
    save_every : float, optional
        Seconds between two saves of where it is.
    seed, progress, threads
        As in `thalweg.plane`.

    Returns
    -------
    Descent

    Examples
    --------
    >>> import numpy as np, thalweg
    >>> d = thalweg.minimize(lambda x: ((x - 3)**2).sum(), np.zeros(2), "gd", gradient=lambda x: 2 * (x - 3),
    ...                      line_search=True)
    >>> d.stop, np.allclose(d.x, 3)
    ('converged', True)
    """
    given = dict(locals())
    objective = as_objective(f, gradient)
    if batch is not None and not objective._is_model and objective.sample_gradient is None:
        raise ArgumentError("batch: the objective has no sample_gradient, by which single samples are asked for")
    layout, point = objective._layout(x)
    options = lib.tw_study_training_defaults()
    options.method = text(method)
    for name, member in _SIZES.items():
        if given[name] is not None:
            setattr(options, member, whole(given[name], name))
    for name in _NUMBERS:
        if given[name] is not None:
            setattr(options, name, number(given[name], name))
    options.line_search, options.restart = int(line_search), int(restart)
    options.schedule, options.spacing = choice(schedule, "schedule", _SCHEDULES), choice(spacing, "spacing", _SPACINGS)
    for name in ("output", "log", "picture", "trajectory"):
        setattr(options, name, path_text(given[name], name))
    with Study(objective.seed_for(seed), progress, threads) as study:
        with objective._model(study, layout, point if x is not None or not objective._is_model else None,
                              batches=batch is not None or method == "sgd", test=True) as model:
            training = ctypes.c_void_p()
            run(lib.tw_study_training_plan, study.address, model.pointer, ctypes.byref(options),
                ctypes.byref(training), files=True)
            try:
                return _run(training, study, layout, callback)
            finally:
                lib.tw_study_training_free(training)


def _run(training, study, layout, callback):
    result = _c.roomy(_c.study_training_result)
    result.bytes = ctypes.sizeof(_c.study_training_result)
    watch = _c.study_training_watch(bytes=ctypes.sizeof(_c.study_training_watch))
    ends = []
    if callback is not None:
        if not callable(callback):
            raise ArgumentError(f"callback: a function is wanted, not {article(callback)}")

        def show(_, row):
            row = _c.study_training_row.from_address(row)
            table = _c.table.from_address(row.table)
            values = _arrays.copied(row.values, table.columns).tolist()
            try:
                callback(dict(zip(texts(table.names, table.columns), values)))
            except StopIteration as end:
                ends.append(end)
                raise
        shown = user_callback(_c.show_fn, show)
        watch.show = ctypes.cast(shown, ctypes.c_void_p)
    try:
        try:
            run(lib.tw_study_training_run, training, ctypes.byref(watch), ctypes.byref(result), files=True)
        except StopIteration as end:
            if not result.x or end not in ends:  # one of the loss's own
                raise
        return _descent(training, study, layout, result)
    finally:
        lib.tw_study_training_result_release(ctypes.byref(result))


def _descent(training, study, layout, result):
    notes = [note.value.decode(errors="replace") for note in result.note[:result.notes]]
    stop = result.stop.decode() if result.stop else "interrupted"
    why = result.end.why.decode() if result.end.why else "it was stopped"
    verdict = result.verdict.decode(errors="replace")
    success = bool(result.complete and result.is_down and stop in ("converged", "iterations", "reached"))
    point = layout.view(_arrays.taken(result.x, layout.size))
    method = lib.tw_optimizer_name(_c.study_training.from_address(training.value).optimizer).decode()
    return Descent(point, result.end.loss, result.end.iterations, result.end.evaluations, success, stop,
                   verdict or why, method, columns_of(result.table), notes, result.resumed, result.end.seconds)


def columns_of(table):
    """The columns of a tw_table: a dict of arrays."""
    found = {}
    for k, name in enumerate(texts(table.names, table.columns)):
        column = (ctypes.c_void_p * table.columns).from_address(table.values)[k]
        found[name] = _arrays.taken(column, table.rows) if table.rows else np.zeros(0)
    return found
