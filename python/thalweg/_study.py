"""The study of the library's upper storey: threads, seed, whom to tell."""
import ctypes
import sys

from . import _c
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
        if isinstance(seed, bool) or not 0 <= int(seed) < 2 ** 64:
            raise ArgumentError(f"seed: {seed} is not a whole number from 0 to 2**64 - 1")
        self.said = []
        self.progress = Progress(progress)
        self.calls = study_callbacks(self.progress, self.said)
        self.struct = lib.tw_study_defaults()
        self.struct.seed = int(seed)
        self.struct.command = _command().encode(errors="replace")
        for name, call in self.calls.items():
            setattr(self.struct, name, ctypes.cast(call, ctypes.c_void_p))
        self.threads = threads
        self.runner = None
        self.address = ctypes.addressof(self.struct)

    def __enter__(self):
        runner = ctypes.c_void_p()
        quick(lib.tw_runner_new, 1 if self.threads is None else int(self.threads), ctypes.byref(runner))
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
    return value if isinstance(value, bytes) else str(value).encode()


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
