"""How parameters look to a user, an array of any shape or a dict of arrays, and how to the library: one vector."""
import math

import numpy as np

from . import _arrays, _c
from ._call import quick
from ._library import lib
from .errors import ArgumentError, CallbackError, ShapeError

_ROLES = _c.names(lib.tw_role_name)


class Layout:
    """Blocks one after the other in a vector.

    `form` is "array" (one block, of the user's shape), "dict" (an array a block) or "flat" (a vector, whatever the
    blocks).
    """

    def __init__(self, shapes, form):
        self.shapes = {str(name): tuple(int(k) for k in shape) for name, shape in shapes.items()}
        self.form = form
        self.slices = {}
        at = 0
        for name, shape in self.shapes.items():
            count = math.prod(shape)
            if count == 0:
                raise ArgumentError(f"block '{name}' of shape {shape} is empty")
            self.slices[name] = slice(at, at + count)
            at += count
        self.size = at
        self.shape = next(iter(self.shapes.values())) if form == "array" else (at,)

    def view(self, flat):
        """The user's form of a vector, in the same memory."""
        if self.form == "dict":
            return {name: flat[part].reshape(self.shapes[name]) for name, part in self.slices.items()}
        return flat if self.shape == (self.size,) else flat.reshape(self.shape)

    def pack(self, values, name, finite=True):
        """A vector from the user's form, checked."""
        if self.form == "dict" or isinstance(values, dict):
            return self._pack_dict(values, name, finite)
        array = _arrays.real(values, name, finite)
        if array.shape != self.shape and not (array.ndim == 1 and array.size == self.size):
            raise ShapeError(f"{name}: an array of shape {array.shape}, and the parameters have {self.shape}")
        return array.reshape(-1)

    def _pack_dict(self, values, name, finite):
        if not isinstance(values, dict) or set(map(str, values)) != set(self.shapes):
            raise ShapeError(f"{name}: a dict with the blocks {', '.join(self.shapes)} is wanted")
        values = {str(block): value for block, value in values.items()}
        parts = []
        for block, shape in self.shapes.items():
            array = _arrays.real(values[block], f"{name}['{block}']", finite)
            if array.shape != shape:
                raise ShapeError(f"{name}['{block}']: an array of shape {array.shape}, and the block has {shape}")
            parts.append(array.reshape(-1))
        return np.concatenate(parts)

    def answer(self, values, what):
        """A vector from what a user's function answered in this form."""
        if self.form != "dict":
            return _arrays.answer(values, self.shape, what)
        if not isinstance(values, dict):
            if getattr(values, "ndim", None) == 1:  # a vector of all blocks
                return _arrays.answer(values, (self.size,), what)
            raise CallbackError(f"{what} answered a {type(values).__name__}; a dict with the blocks "
                                f"{', '.join(self.shapes)} is wanted")
        values = {str(block): value for block, value in values.items()}
        if set(values) != set(self.shapes):
            raise CallbackError(f"{what} answered the blocks {', '.join(values)}; wanted are "
                                f"{', '.join(self.shapes)}")
        return np.concatenate([_arrays.answer(values[name], shape, f"{what}: block '{name}'")
                               for name, shape in self.shapes.items()])

    def is_plain(self):
        """Whether the library's one block "x" says all there is to say."""
        return self.form == "array" and len(self.shape) <= 1

    def new_space(self, roles):
        """A tw_space of the blocks, or None where the usual one will do."""
        if self.is_plain() and not roles:
            return None
        for name in roles:
            if name not in self.shapes:
                raise ArgumentError(f"roles: there is no block '{name}'")
        space = _c.ctypes.c_void_p()
        quick(lib.tw_space_new, _c.ctypes.byref(space))
        for name, shape in self.shapes.items():
            role = roles.get(name, "weight" if len(shape) >= 2 else "bias")
            if role not in _ROLES:
                lib.tw_space_free(space)
                raise ArgumentError(f"roles: '{role}' is none of {', '.join(_ROLES)}")
            if len(shape) > _c.MAX_RANK:
                shape = shape[:_c.MAX_RANK - 1] + (math.prod(shape[_c.MAX_RANK - 1:]),)
            block = _c.block(name=name.encode(), rank=len(shape), role=_ROLES.index(role))
            block.shape[:len(shape)] = shape
            try:
                quick(lib.tw_space_add, space, _c.ctypes.byref(block))
            except BaseException:
                lib.tw_space_free(space)
                raise
        return space


def of_point(x):
    """The layout of a point as the user gave it, and its vector."""
    if isinstance(x, dict):
        if not x:
            raise ArgumentError("x: the dict is empty")
        if len(set(map(str, x))) != len(x):
            raise ArgumentError("x: two of the names of blocks are the same text")
        parts = {str(name): _arrays.real(value, f"x['{name}']") for name, value in x.items()}
        layout = Layout({name: part.shape for name, part in parts.items()}, "dict")
        return layout, np.concatenate([part.reshape(-1) for part in parts.values()])
    array = _arrays.real(x, "x")
    return Layout({"x": array.shape}, "array"), array.reshape(-1)


def of_space(space):
    """The layout of a tw_space: a vector."""
    shapes = {}
    for k in range(lib.tw_space_blocks(space)):
        block = _c.block.from_address(lib.tw_space_block(space, k))
        shapes[block.name.decode()] = tuple(block.shape[:block.rank])
    return Layout(shapes, "flat")
