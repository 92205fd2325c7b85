"""The study of the library's upper storey: threads, seed, whom to tell."""
import ctypes
import operator
import sys

import numpy as np

from ._arrays import article
from ._call import quick
from ._library import lib
from .errors import ArgumentError, in_python
from .progress import Progress, study_callbacks


def _command():
    """What results say made them."""
    return "python " + " ".join(sys.argv) if sys.argv and sys.argv[0] else "python"


class Study:
    """A tw_study for one call. Use it as a context."""

    def __init__(self, seed=0, progress=None, threads=None):
        seed = whole(seed, "seed", 0, 2**64 - 1)
        self.said = []
        self.progress = Progress(progress)
        self.calls = study_callbacks(self.progress, self.said)
        self.struct = lib.tw_study_defaults()
        self.struct.seed = seed
        self.struct.command = _command().encode(errors="replace")
        for name, call in self.calls.items():
            setattr(self.struct, name, ctypes.cast(call, ctypes.c_void_p))
        self.threads = threads
        self.runner = None
        self.address = ctypes.addressof(self.struct)

    def __enter__(self):
        runner = ctypes.c_void_p()
        threads = 1 if self.threads is None else whole(self.threads, "threads", 0, 4096)
        quick(lib.tw_runner_new, threads, ctypes.byref(runner))
        self.struct.runner = self.runner = runner.value
        lib.tw_runner_set_cancelled(runner, self.struct.interrupted, None)
        return self

    def __exit__(self, *_):
        self.progress.end()
        self.struct.runner = None
        if self.runner is not None:
            lib.tw_runner_free(self.runner)
            self.runner = None

    def notes(self):
        """What was said, as Python knows it."""
        return [in_python(line) for line in self.said]


def text(value):
    """A text for C, or None."""
    if value is None:
        return None
    if hasattr(value, "__fspath__"):
        value = value.__fspath__()
    # names of files are bytes, of which os makes texts in this way
    found = value if isinstance(value, bytes) else str(value).encode(errors="surrogateescape")
    if b"\0" in found:
        raise ArgumentError(f"{value!r} has a zero byte in it")
    return found


def path_text(value, name):
    """The name of a file for C, or None."""
    if not (value is None or isinstance(value, (str, bytes)) or hasattr(value, "__fspath__")):
        raise ArgumentError(f"{name}: a path is wanted, not {article(value)}")
    return text(value)


def number(value, name):
    """A keyword's number, as a float: not NaN, by which the library knows what is not given."""
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(f"{name}: a number is wanted, not {article(value)}") from None
    if found != found:
        raise ArgumentError(f"{name}: {value} is not a number")
    return found


def whole(value, name, least=1, most=2**63 - 1):
    """A keyword's whole number, as an int."""
    try:
        found = operator.index(int(value) if isinstance(value, (float, np.floating)) and value == int(value) else value)
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None or isinstance(value, bool) or found < least:
        said = value if isinstance(value, (int, float, np.number)) else article(value)
        of = "" if least < -1 else " above 0" if least == 1 else f", {least} or more"
        raise ArgumentError(f"{name}: {said} is not a whole number{of}")
    if found > most:
        raise ArgumentError(f"{name}: {value} is more than {most}")
    return found


def pair(value, name):
    """Two numbers."""
    try:
        first, last = value
    except (TypeError, ValueError):
        raise ArgumentError(f"{name}: a pair of numbers is wanted") from None
    return number(first, name), number(last, name)


def choice(value, name, known, none=-1):
    """The place of a word in a list of the library's."""
    if value is None:
        return none
    if value not in known:
        raise ArgumentError(f"{name}: '{value}' is none of {', '.join(known)}")
    return known.index(value)


def provenance(struct):
    """What made a result: a dict."""
    made = {}
    if struct.count:
        keys = (ctypes.c_char_p * struct.count).from_address(struct.keys)
        texts = (ctypes.c_char_p * struct.count).from_address(struct.texts)
        for k in range(struct.count):
            made[keys[k].decode(errors="replace")] = texts[k].decode(errors="replace")
    return made


def texts(pointer, count):
    """An array of C texts."""
    if not pointer or not count:
        return []
    return [item.decode(errors="replace") for item in (ctypes.c_char_p * count).from_address(pointer)]
