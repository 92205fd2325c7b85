"""The shared library: where it is, and whether it is the one that this module was made for.

ctypes and not cffi: it comes with Python, so that NumPy stays the only dependency, and nothing is compiled.
It lets go of the interpreter's lock while C runs and takes it for callbacks.
"""
import ctypes
import ctypes.util
import os
import sysconfig

__version__ = "0.1.0"

_HERE = os.path.dirname(os.path.abspath(__file__))
_NAMES = ("libthalweg.so.0", "libthalweg.so")


class LibraryError(ImportError):
    """The shared library cannot be found, cannot be loaded, or is of another version."""


def _in(folder):
    """The library in a folder, or None."""
    for name in _NAMES:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    return None


def _candidates():
    """Where the library may be, in the order in which it is taken: the first that is there."""
    beside = _in(_HERE)
    if beside:
        yield beside
    clone = os.path.dirname(os.path.dirname(_HERE))
    if os.path.exists(os.path.join(clone, "include", "thalweg", "version.h")):
        built = _in(os.path.join(clone, os.environ.get("THALWEG_BUILD", "build")))
        if built:
            yield built
    # python3/dist-packages/thalweg and the like lie in the lib folder of the library's prefix
    folder, folders = _HERE, []
    for _ in range(4):
        folder = os.path.dirname(folder)
        folders.append(folder)
    for folder in [*folders, "/usr/local/lib", "/usr/local/lib64"]:
        for place in (folder, os.path.join(folder, sysconfig.get_config_var("MULTIARCH") or ".")):
            installed = _in(place)
            if installed:
                yield installed
    found = ctypes.util.find_library("thalweg")
    if found:
        yield found


def _find():
    given = os.environ.get("THALWEG_LIBRARY")
    if given:
        if os.path.isdir(given):
            given = _in(given) or os.path.join(given, _NAMES[0])
        if not os.path.exists(given):
            raise LibraryError(f"THALWEG_LIBRARY names '{given}', which is not there")
        return given
    for path in _candidates():
        return path
    raise LibraryError("libthalweg.so is not found: install it ('make install'), build it in the clone ('make'), or "
                       "name it in the environment variable THALWEG_LIBRARY")


def _load():
    path = _find()
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise LibraryError(f"'{path}' cannot be loaded: {error}") from None
    try:
        library.tw_version.restype = ctypes.c_char_p
        version = library.tw_version().decode()
    except AttributeError:
        raise LibraryError(f"'{path}' is not the thalweg library: it has no tw_version") from None
    if version != __version__:
        raise LibraryError(f"'{path}' is thalweg {version}, and this module is made for {__version__}: install both "
                           "from one source, or name the right library in THALWEG_LIBRARY")
    return path, library


path, lib = _load()
