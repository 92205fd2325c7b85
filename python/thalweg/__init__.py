"""thalweg: loss functions: see them, differentiate them numerically, walk down them.

A thin module over the C library of the same name: the model computes, the library decides where, keeps, resumes,
bounds the error and draws.

>>> import numpy as np, thalweg
>>> f = lambda x: (x**2).sum()
>>> thalweg.check_gradient(f, lambda x: 2 * x, np.array([1.0, 2.0])).verdict
'pass'
"""
try:
    import numpy as _numpy  # noqa: F401
except ImportError as _error:
    raise ImportError("thalweg needs NumPy: install python3-numpy, or pip install numpy") from _error

from ._library import __version__, path as library_path
from .curvature import Spectrum, spectrum
from .derivatives import (Derivative, Gradient, Hessian, HessianProduct, Jacobian, Sweep, derivative, gradient, hessian,
                          hessian_product, jacobian, step_sweep)
from .descent import Descent, minimize, methods
from .errors import (ArgumentError, CallbackError, Cancelled, Error, FileError, FormatError, LibraryError,
                     NotFiniteError, ShapeError, UnsupportedError)
from .figures import Picture, plot
from .files import Recorder, Table, Trajectory, Weights, read, record
from .gradcheck import BlockCheck, GradientCheck, assert_gradient, check_gradient
from .landscape import Directions, Path, Surface, directions, plane, slice
from .models import Model, model, model_names
from .objective import Objective


def __getattr__(name):
    if name == "torch":  # PyTorch is loaded only when it is asked for
        import importlib
        return importlib.import_module(".torch", __name__)
    raise AttributeError(f"module 'thalweg' has no attribute '{name}'")


__all__ = [
    "ArgumentError", "BlockCheck", "CallbackError", "Cancelled", "Derivative", "Descent", "Directions", "Error",
    "FileError", "FormatError", "Gradient", "GradientCheck", "Hessian", "HessianProduct", "Jacobian", "LibraryError",
    "Model", "NotFiniteError", "Objective", "Path", "Picture", "Recorder", "ShapeError", "Spectrum", "Surface", "Sweep",
    "Table", "Trajectory", "UnsupportedError", "Weights", "__version__", "assert_gradient", "check_gradient",
    "derivative", "directions", "gradient", "hessian", "hessian_product", "jacobian", "library_path", "methods",
    "minimize", "model", "model_names", "plane", "plot", "read", "record", "slice", "spectrum", "step_sweep",
]
