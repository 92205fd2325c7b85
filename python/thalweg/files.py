"""Files of results: read, and trajectories written from a loop of yours."""
from __future__ import annotations

import contextlib
import ctypes
import operator
import os
from dataclasses import dataclass, field
from typing import Any, Mapping

import numpy as np

from . import _arrays, _c, layout as _layout
from ._call import Owner, holding_files, run
from ._library import lib
from ._study import path_text, provenance, text, whole
from ._typing import Metrics, PathLike, Point
from .errors import ArgumentError, FileError
from .figures import Picture, _Options, draw, png_of

__all__ = ["Trajectory", "Recorder", "Table", "Weights", "read", "record"]


@dataclass(repr=False, eq=False)
class Table:
    """Columns of equal length with names."""

    kind: str              #: "steps", "descent", "projection", ...
    columns: dict          #: arrays by their names
    provenance: dict = field(default_factory=dict)

    def __getitem__(self, name):
        return self.columns[name]

    def __len__(self):
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __repr__(self):
        return f"<Table of kind {self.kind!r}: {len(self)} rows of {', '.join(self.columns)}>"

    def plot(self, path: PathLike | None = None, **options: Any) -> Picture | None:
        """The figure, as `thalweg.plot`."""
        how = _Options(options)
        names = list(self.columns)
        arrays = [np.ascontiguousarray(self.columns[name], dtype=np.float64) for name in names]
        metrics = lib.tw_metrics_read(len(names), _texts(names), _c.SPELT_IN_FILES)
        table = _c.table(kind=self.kind.encode(), columns=len(names), rows=len(self), capacity=len(self),
                         metric=metrics)
        spelt, columns = _texts(names), (ctypes.c_void_p * len(names))(*[array.ctypes.data for array in arrays])
        table.names, table.values = ctypes.addressof(spelt), ctypes.addressof(columns)
        try:
            return draw(path, lambda to: lib.tw_study_picture_table(to, how.address, ctypes.byref(table), None))
        finally:
            from .objective import _libc
            _libc.free(metrics)

    def _repr_png_(self):
        return png_of(self)


def _texts(names):
    return (ctypes.c_char_p * len(names))(*[name.encode() for name in names])


class Weights(dict):
    """Parameters of a file: arrays by the names of blocks. `flat` is all of them as one vector."""

    def __init__(self, blocks, made):
        super().__init__(blocks)
        self.provenance = made

    @property
    def flat(self):
        return np.concatenate([np.reshape(array, -1) for array in self.values()])

    def __repr__(self):
        return f"<Weights: {self.flat.size} numbers in {', '.join(self)}>"


class Trajectory:
    """Checkpoints of all parameters along a descent, in a file that is read row by row.

    ``trajectory[k]`` is checkpoint k (from the end where k < 0), a vector; of a slice, rows; `columns` are
    the numbers kept beside them.
    The file is open only while a row is read.

    Attributes
    ----------
    path : str
    size : int
        Parameters.
    shapes : dict
        Of the blocks, by their names.
    columns : dict
        Arrays by their names.
    provenance : dict
    """

    def __init__(self, path: PathLike):
        self.path = os.fspath(path)
        with opened_trajectory(self.path) as file:
            self._rows = lib.tw_trajectory_rows(file)
            self._layout = _layout.of_space(lib.tw_trajectory_space(file))
            self.columns = {}
            for k in range(lib.tw_trajectory_columns(file)):
                name = lib.tw_trajectory_column_name(file, k)
                self.columns[name.decode()] = _arrays.taken(lib.tw_trajectory_column(file, name), self._rows) \
                    if self._rows else np.zeros(0)
            made = lib.tw_trajectory_provenance(file)
            self.provenance = provenance(_c.provenance.from_address(made))
        self.size, self.shapes = self._layout.size, dict(self._layout.shapes)

    def __len__(self):
        return self._rows

    def __getitem__(self, index):
        if isinstance(index, str):
            return self.columns[index]
        if isinstance(index, slice):
            return np.array([self._row(row) for row in range(*index.indices(len(self)))]).reshape(-1, self.size)
        index = operator.index(index)
        row = index + len(self) if index < 0 else index
        if not 0 <= row < len(self):
            raise IndexError(f"checkpoint {index} of {len(self)}")
        return self._row(row)

    def _row(self, row):
        x = np.empty(self.size)
        with opened_trajectory(self.path) as file:
            run(lib.tw_trajectory_read, file, row, x.ctypes.data, files=True)
        return x

    def blocks(self, index: int) -> dict[str, np.ndarray]:
        """Checkpoint `index` as a dict of arrays."""
        return _layout.Layout(self.shapes, "dict").view(self[index])

    def __repr__(self):
        return (f"<Trajectory '{self.path}': {len(self)} checkpoints of {self.size} parameters, with "
                f"{', '.join(self.columns) or 'no columns'}>")


@contextlib.contextmanager
def opened_trajectory(path):
    """A tw_trajectory."""
    file = ctypes.c_void_p()
    run(lib.tw_trajectory_open, path_text(path, "path"), ctypes.byref(file), files=True)
    try:
        yield file
    finally:
        holding_files(lib.tw_trajectory_close, file)


class Recorder(Owner):
    """A trajectory file that is written from a loop of yours; a context. See `record`."""

    def __init__(self, path, x, columns, capacity, roles, made):
        self._layout, _ = _layout.of_point(x) if not isinstance(x, _layout.Layout) else (x, None)
        self.path, self.columns = os.fspath(path), tuple(columns)
        space = _layout.Layout(self._layout.shapes, "dict").new_space(roles or {})
        provided = _c.provenance()
        self._writer = ctypes.c_void_p()
        try:
            for key, said in (made or {}).items():
                run(lib.tw_provenance_add, ctypes.byref(provided), str(key).encode(), b"%s", str(said).encode())
            run(lib.tw_trajectory_create, text(self.path), space, whole(capacity, "capacity"), len(self.columns),
                _texts(self.columns), ctypes.byref(provided), ctypes.byref(self._writer), files=True)
        finally:
            lib.tw_space_free(space)
            lib.tw_provenance_release(ctypes.byref(provided))

    def append(self, x: Point, **row: float) -> None:
        """Adds a checkpoint: the parameters, and a number for each column (NaN where one is left out)."""
        if not self._writer:
            raise FileError(f"'{self.path}' is closed")
        for name in row:
            if name not in self.columns:
                raise ArgumentError(f"'{name}' is no column of '{self.path}', which has {', '.join(self.columns)}")
        point = self._layout.pack(x, "x", finite=False)
        numbers = np.array([float(row.get(name, np.nan)) for name in self.columns] or [0.0])
        run(lib.tw_trajectory_append, self._writer, point.ctypes.data, numbers.ctypes.data, files=True)

    def __len__(self):
        return lib.tw_trajectory_appended(self._writer) if self._writer else 0

    def close(self) -> None:
        """Ends the file. It is whole after every `append` as well."""
        if self._writer:
            writer, self._writer = self._writer, None
            run(lib.tw_trajectory_finish, writer, files=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_writer", None):
            holding_files(lib.tw_trajectory_finish, self._writer)

    def __repr__(self):
        return f"<Recorder of '{self.path}', {len(self)} checkpoints>"


def record(path: PathLike, x: Point, *, columns: Metrics = ("iteration", "train_loss"), capacity: int = 100000,
           roles: Mapping[str, str] | None = None, provenance: Mapping[str, Any] | None = None) -> Recorder:
    """Begins a trajectory file.

    Parameters
    ----------
    path : path
        .h5, in place of what was there. No other process may write to it.
    x : array_like or dict
        Says how many parameters there are, in which blocks; it is not written.
    columns : sequence of str
        Numbers that are kept beside a checkpoint.
    capacity : int
        Most checkpoints.
    roles : dict, optional
        Of blocks, as in `Objective`.
    provenance : dict, optional
        What made it.

    Returns
    -------
    Recorder

    Examples
    --------
    >>> import numpy as np, tempfile, thalweg
    >>> path = tempfile.mkdtemp() + "/run.h5"
    >>> with thalweg.record(path, np.zeros(3)) as r:
    ...     for k in range(5):
    ...         r.append(np.full(3, k), iteration=k, train_loss=1 / (k + 1))
    >>> thalweg.read(path)[-1].tolist()
    [4.0, 4.0, 4.0]
    """
    return Recorder(path, x, columns, capacity, roles, provenance)


def read(path: PathLike) -> Any:
    """Reads a file of results, told by its content.

    Parameters
    ----------
    path : path
        A surface, trajectory, spectrum, table, file of directions or of parameters, or an array.

    Returns
    -------
    Surface, Trajectory, Spectrum, Table, Directions, Weights or ndarray

    Raises
    ------
    FileError, FormatError
        For a file that is missing, damaged, or none of these.
    """
    if path is None:
        raise ArgumentError("path: a path is wanted, not None")
    name = path_text(path, "path")
    if not os.path.exists(path):
        raise FileError(f"cannot open '{os.fsdecode(path)}': No such file or directory")
    if os.path.isdir(path):
        raise FileError(f"'{os.fsdecode(path)}' is a folder; thalweg.read takes files")
    out = ctypes.c_void_p()
    run(lib.tw_study_file_open, None, name, None, ctypes.byref(out), files=True)
    try:
        struct = _c.study_file.from_address(out.value)
        reader = _READERS.get(struct.kind)
        if reader is None:
            raise ArgumentError(f"'{os.fspath(path)}' is {struct.noun.decode()}, which thalweg.read does not take")
        return reader(struct, path)
    finally:
        holding_files(lib.tw_study_file_free, out)


def _surface(struct, path):
    from .landscape import surface_of
    loss = {}
    if struct.surface.metrics and struct.range_count:
        shown = lib.tw_surface_shown(ctypes.byref(struct.surface))
        span = (_c.study_range * struct.range_count).from_address(struct.ranges)[shown]
        loss = {"minimum": span.minimum, "maximum": span.maximum}
    return surface_of(struct.surface, struct.paths, provenance(struct.provenance), file=path,
                      evaluated=struct.computed, **loss)


def _spectrum(struct, path):
    from .curvature import OfFile, spectrum_of
    return spectrum_of(struct.report, provenance(struct.provenance), [], float("nan"), OfFile(text(path)))


def _directions(struct, path):
    from .landscape import directions_of
    return directions_of(struct.plane, _layout.of_space(struct.space), provenance(struct.provenance))


def _table(struct, path):
    from .descent import columns_of
    return Table(struct.table.kind.decode() if struct.table.kind else "", columns_of(struct.table),
                 provenance(struct.provenance))


def _weights(struct, path):
    layout = _layout.of_space(struct.space)
    layout.form = "dict"
    blocks = layout.view(_arrays.taken(struct.x, layout.size))
    return Weights(blocks, provenance(struct.provenance))


def _array(struct, path):
    array = struct.array
    return _arrays.taken(array.values, array.count, tuple(array.shape[:array.rank]))


_READERS = {
    _c.STUDY_SURFACE: _surface, _c.STUDY_SPECTRUM: _spectrum, _c.STUDY_DIRECTIONS: _directions,
    _c.STUDY_TABLE: _table, _c.STUDY_WEIGHTS: _weights, _c.STUDY_ARRAY: _array,
    _c.STUDY_TRAJECTORY: lambda struct, path: Trajectory(path),
}
