"""Arrays in and out: checked, in the library's order, and C memory as arrays."""
import ctypes

import numpy as np

from .errors import ArgumentError, CallbackError


def real(values, name, finite=True):
    """A C-contiguous float64 array of `values`, which must be real numbers, and finite unless said otherwise."""
    _not_masked(values, name, ArgumentError)
    try:
        array = np.asarray(values)
    except Exception as error:  # ragged lists, tensors that will not be copied
        raise ArgumentError(f"{name}: cannot be made an array: {error}") from None
    if array.dtype.kind not in "biuf":
        known = {"c": "complex numbers", "O": "objects", "U": "text", "S": "text"}
        what = known.get(array.dtype.kind, str(array.dtype))
        raise ArgumentError(f"{name}: an array of real numbers is wanted, not of {what}")
    if array.size == 0:
        raise ArgumentError(f"{name}: the array is empty")
    array = np.array(array, dtype=np.float64, order="C", copy=True)
    if finite and not np.isfinite(array).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        where = f"entry {list(place)}" if place else "it"
        raise ArgumentError(f"{name}: {where} is {array[place]}, which is not finite")
    return array


def answer(values, shape, what):
    """What a user's function answered, as a flat float64 array of as many numbers as `shape` has."""
    _not_masked(values, what, CallbackError)
    try:
        array = np.asarray(values)
    except Exception as error:
        raise CallbackError(f"{what} answered what cannot be made an array: {error}") from None
    if array.dtype.kind not in "biuf":
        raise CallbackError(f"{what} answered {_describe(values)}, not real numbers")
    size = int(np.prod(shape, dtype=np.int64))
    if array.shape != tuple(shape) and not (array.ndim == 1 and array.size == size) \
            and not (array.size == size == 1):
        raise CallbackError(f"{what} answered {_describe(values)}; an array of shape {tuple(shape)} is wanted")
    return np.ascontiguousarray(array, dtype=np.float64).reshape(-1)


def number(value, what):
    """What a user's function answered, as one float."""
    if type(value) is float:
        return value
    try:
        if isinstance(value, (str, bytes, np.ndarray)) or value is None:
            raise TypeError
        return float(value)
    except OverflowError:
        raise CallbackError(f"{what} answered a whole number that is too large for a float") from None
    except (TypeError, ValueError):
        pass
    _not_masked(value, what, CallbackError)
    array = np.asarray(value) if not isinstance(value, (str, bytes)) else None
    if array is not None and array.size == 1 and array.dtype.kind in "biuf":
        return float(array.reshape(()))
    raise CallbackError(f"{what} answered {_describe(value)}; one real number is wanted")


def _describe(value):
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    return "None" if value is None else article(value)


def article(value):
    """"an int", "a list"."""
    name = type(value).__name__
    return f"a{'n' if name[0] in 'aeiouAEIO' else ''} {name}"


def _not_masked(values, name, kind):
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise kind(f"{name}: some entries are masked; fill them, or leave them out")


def address(array):
    """Where an array's numbers are; None stays None."""
    return None if array is None else array.ctypes.data


_float_arrays = {}


def _floats(count):
    kind = _float_arrays.get(count)
    if kind is None:
        if len(_float_arrays) > 256:
            _float_arrays.clear()
        kind = _float_arrays[count] = ctypes.c_double * count
    return kind


def write(pointer, array):
    """Copies a flat float64 array to C memory."""
    np.frombuffer(_floats(array.size).from_address(pointer))[:] = array


def copied(pointer, count, shape=None):
    """A read-only float64 array of its own, copied from C memory: who keeps it keeps no memory of the library's."""
    array = np.frombuffer(ctypes.string_at(pointer, 8 * count))
    return array if shape is None else array.reshape(shape)


def taken(pointer, count, shape=None):
    """The same, that may be written to; None where there is no memory."""
    if not pointer:
        return None
    array = np.array(copied(pointer, count))
    return array if shape is None else array.reshape(shape)
