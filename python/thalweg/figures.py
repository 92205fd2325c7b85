"""Results as figures: PNG, SVG or PDF by the ending of the path, or PNG in memory."""
from __future__ import annotations

import ctypes
import os
import tempfile
from typing import Any

from . import _arrays, _c
from ._call import run
from ._library import lib
from ._study import choice, number, pair, path_text, text
from ._typing import PathLike
from .errors import ArgumentError, Error, UnsupportedError

__all__ = ["Picture", "plot"]

_VIEWS = _c.names(lib.tw_view_name)
_COLORMAPS = _c.names(lib.tw_colormap_name)
_THEMES = _c.names(lib.tw_theme_name)
_MAPS = _c.names(lib.tw_curvature_picture_name)
_SIZES = _c.names(lib.tw_picture_size_name)
_GROUNDS = _c.names(lib.tw_picture_ground_name)


class Picture(bytes):
    """A figure as the bytes of a PNG file; a notebook shows it."""

    def _repr_png_(self):
        return bytes(self)

    def __repr__(self):
        return f"<thalweg.Picture, PNG of {len(self)} bytes>"


def draw(path, function):
    """Calls ``function(path)``, which answers a status. Without a path: to memory."""
    if path is not None:
        run(function, path_text(path, "path"), files=True)
        return None
    handle, name = tempfile.mkstemp(suffix=".png")
    os.close(handle)
    try:
        run(function, text(name), files=True)
        with open(name, "rb") as file:
            return Picture(file.read())
    finally:
        os.unlink(name)


def draw_struct(path, options, function):
    """The same of ``function(path, figure)`` that takes a tw_figure."""
    known = {"width": float, "height": float, "dpi": float, "title": text, "font_size": float}
    figure = _c.figure(bytes=ctypes.sizeof(_c.figure))
    for name, value in options.items():
        if name == "theme":
            figure.theme = choice(value, "theme", _THEMES, 0)
        elif name not in known:
            raise ArgumentError(f"{name}: this figure does not use it; there are {', '.join(known)}, theme")
        else:
            setattr(figure, name, known[name](value))
    return draw(path, lambda to: function(to, ctypes.byref(figure)))


def png_of(result):
    """What a notebook shows: None, and it shows the line that a result is, where there is no picture."""
    try:
        return result.plot()
    except Error:
        return None


class Gone:
    """What draws a result that was pickled: nothing."""

    def plot(self, *_):
        raise UnsupportedError("a result that was pickled has its numbers, and no figure: plot it where it was computed")


class _Options:
    """A tw_study_picture_options from keywords."""

    def __init__(self, options):
        out = self.struct = lib.tw_study_picture_defaults()
        choices = {"view": _VIEWS, "colormap": _COLORMAPS, "theme": _THEMES, "map": _MAPS, "size": _SIZES,
                   "background": _GROUNDS}
        numbers = ("azimuth", "elevation", "width", "height", "dpi", "font_size")
        texts = ("metric", "title", "description", "x_label", "y_label", "value_label")
        for name, value in options.items():
            if value is None:
                continue
            if name in choices:
                setattr(out, name, choice(value, name, choices[name]))
            elif name in numbers:
                setattr(out, name, number(value, name))
            elif name in texts:
                setattr(out, name, text(value))
            elif name in ("log", "linear", "show_points"):
                setattr(out, name, int(bool(value)))
            elif name == "levels":
                self.levels = _arrays.real(value, "levels")
                if self.levels.ndim != 1:
                    raise ArgumentError("levels: a list of numbers is wanted")
                out.levels = _c.numbers(self.levels.size, self.levels.ctypes.data)
            elif name == "limits":
                out.limits = text(value if isinstance(value, str) else "{!r}:{!r}".format(*pair(value, "limits")))
            elif name == "aspect":
                out.aspect = text(value)
            else:
                raise ArgumentError(f"plot: there is no option '{name}'; there are "
                                    f"{', '.join((*choices, *numbers, *texts))}, log, linear, show_points, levels, "
                                    "limits, aspect")
        self.address = ctypes.addressof(out)


def plot(result: Any, path: PathLike | None = None, **options: Any) -> Picture | None:
    """Draws a result, or result files.

    Parameters
    ----------
    result : surface, spectrum, table, ..., path, or list of paths
        A result of this module, or files: one of any kind, a plane with projections, or several slices or logs.
    path : path, optional
        .png, .svg or .pdf. Without it the picture is given back.
    view : {"contour", "filled", "heat", "3d"}
        Of planes.
    log, linear : bool
        The scale of the loss; chosen by its span otherwise.
    metric : str
        Of a surface, or the column of a table; the loss.
    levels : sequence of float
        Of contours.
    limits : (low, high)
        Of the values of maps.
    colormap : {"viridis", "cividis", "magma", "rdbu", "grey"}
    theme : {"light", "dark"}
    size : {"column", "page", "slide"}
    background : {"paper", "transparent"}
    map : {"ratio", "signs"}
        Of the curvature in a plane.
    width, height : float
        Inches.
    dpi, font_size, azimuth, elevation : float
    title, x_label, y_label, value_label, description, aspect : str
    show_points : bool

    Returns
    -------
    Picture or None
        The bytes of a PNG file where no path is given. A notebook shows it.

    Raises
    ------
    ArgumentError
        For an option that such a picture cannot use.
    """
    if hasattr(result, "plot"):
        return result.plot(path, **options)
    files = [result] if isinstance(result, (str, bytes)) or hasattr(result, "__fspath__") else result
    files = list(files) if isinstance(files, (list, tuple)) else []
    if not files or not all(isinstance(item, (str, bytes)) or hasattr(item, "__fspath__") for item in files):
        raise ArgumentError(f"plot: a result or files are wanted, not {_arrays.article(result)}")
    names = (ctypes.c_char_p * len(files))(*[text(item) for item in files])
    how = _Options(options)
    return draw(path, lambda to: lib.tw_study_picture_files(None, how.address, len(files), names, to))
