"""Gradients of the same cheap function by SciPy, timed: peers_diff.py LIBRARY.

LIBRARY is build/bench/libbench_valley.so. The function is taken twice, as NumPy expressions and as
the compiled function through ctypes. Prints a JSON list of measurements.
"""
import ctypes
import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import check_grad
from scipy.optimize._numdiff import approx_derivative

N, REPEATS = 1000, 7
calls = 0


def load(path):
    library = ctypes.CDLL(path)
    library.bench_valley.restype = ctypes.c_double
    for name in ("bench_valley", "bench_valley_start", "bench_valley_gradient"):
        getattr(library, name).argtypes = [ctypes.c_size_t] + [ctypes.c_void_p] * (
            2 if name.endswith("gradient") else 1)
    return library


def valley_numpy(x):
    height, along = x[1:] - x[:-1] * x[:-1], 1 - x[:-1]
    return 100 * height.dot(height) + along.dot(along)


def counted(function):
    def counting(x):
        global calls
        calls += 1
        return function(x)
    return counting


def timed(name, function, evaluations, exact=None, repeats=REPEATS):
    """One call to warm up, then timed ones."""
    answer, wall, cpu = function(), [], []
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        function()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    row = {"name": name, "seconds": wall, "seconds_cpu": cpu, "evaluations": evaluations}
    if exact is not None:
        row["error"] = float(np.max(np.abs(answer - exact)) / np.max(np.abs(exact)))
    return row


def main():
    global calls
    library = load(sys.argv[1])
    x, exact, rows = np.zeros(N), np.zeros(N), []
    library.bench_valley_start(N, x.ctypes.data)
    library.bench_valley_gradient(N, x.ctypes.data, exact.ctypes.data)

    def gradient(point):
        answer = np.empty(N)
        library.bench_valley_gradient(N, point.ctypes.data, answer.ctypes.data)
        return answer

    for kind, function in (("NumPy", valley_numpy),
                           ("ctypes", lambda p: library.bench_valley(N, p.ctypes.data))):
        if abs(function(x) - library.bench_valley(N, x.ctypes.data)) > 1e-9 * abs(function(x)):
            sys.exit(f"peers_diff: the function in {kind} is another one")
        rows.append(timed(f"bare, {kind}", lambda f=function: [f(x) for _ in range(1000)], 1000))
        for method in ("2-point", "3-point"):
            calls = 0
            approx_derivative(counted(function), x, method=method)
            rows.append(timed(f"SciPy {scipy.__version__} approx_derivative, {method}, {kind}",
                              lambda f=function, m=method: approx_derivative(f, x, method=m), calls,
                              exact))
        calls = 0
        check_grad(counted(function), gradient, x)
        rows.append(timed(f"SciPy {scipy.__version__} check_grad, {kind}",
                          lambda f=function: check_grad(f, gradient, x), calls))
    print(json.dumps(rows))


main()
