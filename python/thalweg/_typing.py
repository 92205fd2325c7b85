"""What arguments are, for type checkers."""
import os
from typing import Any, Callable, Mapping, Sequence, Tuple, Union

from numpy.typing import ArrayLike

#: A function of numbers; Objective and Model are ones, too.
Loss = Callable[..., Any]
Function = Callable[..., Any]
#: Parameters: an array of any shape, or a dict of arrays by the names of blocks.
Point = Union[ArrayLike, Mapping[str, ArrayLike]]
PathLike = Union[str, bytes, os.PathLike[str]]
#: A direction: a word, a file, or a vector.
Direction = Union[PathLike, Point]
Bounds = Union[Tuple[Any, Any], Any]
Pair = Tuple[float, float]
Progress = Union[bool, Callable[[str, int, int], Any]]
Share = Union[float, str]
Points = Union[int, Tuple[int, int]]
PathLikes = Union[PathLike, Sequence[PathLike]]
Metrics = Sequence[str]
