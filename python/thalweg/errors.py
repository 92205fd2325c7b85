"""What goes wrong, as exceptions: each has the library's one line."""
import re

from . import _c
from ._library import LibraryError, lib

__all__ = ["Error", "ArgumentError", "ShapeError", "UnsupportedError", "FileError", "FormatError", "CallbackError",
           "NotFiniteError", "Cancelled", "LibraryError"]


class Error(Exception):
    """Anything that the library refuses or cannot do.

    Attributes
    ----------
    status : int
        The number of the library's status (status.h); 0 where the module itself refuses.
    """

    status = 0


class ArgumentError(Error, ValueError):
    """An argument that is out of range, or does not go together with another."""

    status = _c.ERR_ARGUMENT


class ShapeError(Error, ValueError):
    """Arrays whose shapes do not match."""

    status = _c.ERR_SHAPE


class UnsupportedError(Error):
    """The objective lacks what is asked for, such as a gradient, or the library was built without it."""

    status = _c.ERR_UNSUPPORTED


class FileError(Error, OSError):
    """A file that cannot be read or written."""

    status = _c.ERR_IO


class FormatError(Error, ValueError):
    """A file that is damaged, or none of its kind."""

    status = _c.ERR_FORMAT


class CallbackError(Error):
    """A function of yours that answers what it must not: another type, another shape, another value each time."""

    status = _c.ERR_CALLBACK


class NotFiniteError(Error, ArithmeticError):
    """A number that is infinite or NaN where it must not be."""

    status = _c.ERR_NOT_FINITE


class Cancelled(Error):
    """Work that was stopped before its end."""

    status = _c.ERR_CANCELLED


class _MemoryError(Error, MemoryError):
    status = _c.ERR_MEMORY


_BY_STATUS = {kind.status: kind for kind in (ArgumentError, ShapeError, UnsupportedError, FileError, FormatError,
                                             CallbackError, NotFiniteError, Cancelled, _MemoryError)}


def _function(match):
    name = {"gradcheck": "check_gradient", "train": "minimize"}.get(match.group(1), match.group(1))
    rest = match.group(2).replace(" ... ", " with ").rstrip()
    return f"'thalweg.{name}'{rest}"


def in_python(text):
    """A line of the library's with its options as keywords: '--save-every' is save_every here."""
    text = re.sub(r"(?<![\w-])--([a-z][a-z-]*)", lambda match: match.group(1).replace("-", "_"), text)
    text = re.sub(r"(?<![\w-])-o(?=[,. ])", "file", text)
    text = re.sub(r"'thalweg (slice|plane|gradcheck|train|spectrum|gradient)\b([^']*)'", _function, text)
    text = text.replace("about_mean", "mean").replace("(product differences)", "(product='differences')")
    return text.replace("the same command continues", "the same call continues")


def error_of(status, text):
    """The exception for a status and the library's line."""
    text = in_python(text) or lib.tw_status_text(status).decode()
    kind = _BY_STATUS.get(status)
    if kind is None:
        made = Error(text)
        made.status = status
        return made
    return kind(text)
