#!/usr/bin/python3
"""bench/accuracy.py BENCH_ACCURACY [--json|--check]: derivatives by thalweg and by Python's tools.

27 slopes and 35 gradients (problems.py) at the same points. Truth is a complex step of the NumPy
formulas in extended precision. thalweg's numbers come from the program build/bench/bench-accuracy,
whose C formulas are others than problems.py's: the values at the starts must agree. --check takes
thalweg alone, needs NumPy only, and fails where its numbers are not as good as promised.
"""
import json
import subprocess
import sys
import warnings

try:
    import numpy as np
except ImportError:
    sys.exit(77)  # a test that is skipped

sys.dont_write_bytecode = True  # nothing is left in the source tree
import problems  # noqa: E402
import tables  # noqa: E402


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, x, *_):
        self.calls += 1
        return self.function(np.asarray(x))


def truth(function, x):
    z, h = np.array(x, dtype=np.clongdouble), np.longdouble(2)**-100
    gradient = np.zeros(len(z), dtype=np.longdouble)
    for i, kept in enumerate(z):
        z[i] = kept + 1j * h
        gradient[i] = function(z).imag / h
        z[i] = kept
    return gradient


# ---- the tools: function and x give the gradient and its error estimates, or None ----

def scipy_tools():
    import scipy
    from scipy.optimize._numdiff import approx_derivative
    return {f"SciPy {scipy.__version__} approx_derivative, {method}":
            lambda f, x, method=method: (approx_derivative(f, x, method=method), None)
            for method in ("2-point", "3-point", "cs")}


def statsmodels_tools():
    from statsmodels import __version__ as version
    from statsmodels.tools import numdiff
    name = f"statsmodels {version} approx_fprime"
    return {f"{name}": lambda f, x: (numdiff.approx_fprime(x, f), None),
            f"{name}, centered": lambda f, x: (numdiff.approx_fprime(x, f, centered=True), None),
            f"{name}_cs": lambda f, x: (numdiff.approx_fprime_cs(x, f), None)}


def numdifftools_tools():
    import numdifftools

    def gradient(f, x):
        value, info = numdifftools.Gradient(f, full_output=True)(x)
        return value, info.error_estimate
    return {f"numdifftools {numdifftools.__version__} Gradient": gradient}


def fixed_steps():
    """The differences that checkers hold gradients against, by their default steps, written here."""
    def central(f, x, step):
        slopes = []
        for i, at in enumerate(x):
            h, point = step(at), x.copy()
            point[i] = at + h
            up = f(point)
            point[i] = at - h
            slopes.append((up - f(point)) / (2 * h))
        return np.array(slopes), None
    return {f"central, {name}": lambda f, x, step=step: central(f, x, step) for name, step in (
        ("h = 1e-6, PyTorch gradcheck's", lambda at: 1e-6),
        ("h = 1e-4, JAX check_grads'", lambda at: 1e-4),
        ("h = 1e-6 abs x, Ceres'", lambda at: max(1e-6 * abs(at), np.sqrt(np.finfo(float).eps))))}


def find_tools():
    found, notes = fixed_steps(), []
    for name, tools in (("SciPy", scipy_tools), ("statsmodels", statsmodels_tools),
                        ("numdifftools", numdifftools_tools)):
        try:
            found.update(tools())
        except ImportError:
            notes.append(f"{name} is not installed here"
                         + (" (Debian 12 has no package of it)" if name == "numdifftools" else ""))
    return found, notes


# ---- judging ----

def error_of(gradient, exact):
    """The largest error over the largest entry, absolute where that is 0; infinite for NaN."""
    largest = np.max(np.abs(exact))
    error = np.max(np.abs(np.atleast_1d(np.array(gradient, dtype=float)) - exact))
    return float(error / largest if largest > 0 else error) if np.isfinite(error) else np.inf


def covered(gradient, bars, exact):
    error = np.abs(np.atleast_1d(gradient) - exact)
    return int(np.sum(error <= np.atleast_1d(bars)))


def summary(errors, calls, entries, cover):
    ordered = sorted(errors)
    return {"median": float(np.median(ordered)),
            "p90": ordered[int(np.ceil(0.9 * len(ordered))) - 1],
            "worst": ordered[-1], "six": sum(e < 1e-6 for e in errors),
            "nine": sum(e < 1e-9 for e in errors), "problems": len(errors), "entries": entries,
            "covered": cover, "evaluations": calls / entries}


def judge(results, exact):
    """`results`: (gradient, bars or None, calls) of each problem."""
    entries = sum(len(t) for t in exact)
    bars = all(b is not None for _, b, _ in results)
    cover = sum(covered(g, b, t) for (g, b, _), t in zip(results, exact)) if bars else None
    return summary([error_of(g, t) for (g, _, _), t in zip(results, exact)],
                   sum(calls for _, _, calls in results), entries, cover)


def by_tool(tool, set_of_problems):
    results = []
    for function, x in set_of_problems:
        counted = Counted(function)
        gradient, bars = tool(counted, np.array(x))
        results.append((gradient, bars, counted.calls))
    return results


def of_thalweg(answers, set_of_problems):
    def numbers(values):
        return np.array([np.inf if v is None else v for v in values])

    for answer, (function, x) in zip(answers, set_of_problems):
        value = float(function(np.array(x)))
        if answer["x"] != list(x) or abs(answer["value"] - value) > 1e-11 * abs(value):
            raise SystemExit(f"accuracy: '{answer['problem']}' is another function here: "
                             f"{answer['value']} there, {value} here")
    return [(numbers(a["gradient"]), numbers(a["bars"]) if a["bars"] else None, a["evaluations"])
            for a in answers]


def check(rows):
    """The promises; platforms and libraries differ a little in what they round."""
    rows = {row["name"].split(", ")[1]: row for row in rows}
    for method, nine, cover in (("ladder", 26, 216), ("robust", 26, 216), ("complex", 27, 212)):
        slopes, gradients = rows[method]["slopes"], rows[method]["gradients"]
        if (slopes["six"] < 27 or slopes["nine"] < nine or gradients["worst"] > 1e-12
                or slopes["covered"] < 25 or gradients["covered"] < cover):
            sys.exit(f"accuracy: '{method}' is not as good as promised: {slopes}, {gradients}")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--json"], ["--check"]):
        sys.exit("usage: bench/accuracy.py BENCH_ACCURACY [--json|--check]")
    alone = sys.argv[2:] == ["--check"]
    ours = json.loads(subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True).stdout)
    sets = {
        "slopes": [(lambda x, f=f: f(x[0]), [float(x)]) for f, x in problems.SLOPES],
        "gradients": [(problems.sum_of_squares(r), [float(v) for v in x])
                      for r, x in problems.GRADIENTS]}
    tools, notes = ({}, []) if alone else find_tools()
    rows = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exact = {name: [truth(*problem) for problem in chosen] for name, chosen in sets.items()}
        for method, answers in ours.items():
            rows.append({"name": f"thalweg, {method}"} | {
                name: judge(of_thalweg(answers[name], chosen), exact[name])
                for name, chosen in sets.items()})
        for tool, function in tools.items():
            rows.append({"name": tool} | {name: judge(by_tool(function, chosen), exact[name])
                                          for name, chosen in sets.items()})
    result = {"rows": rows, "notes": notes}
    if alone:
        check(rows)
        return
    print(json.dumps(result) if sys.argv[2:] else tables.section_derivatives(result), end="")


if __name__ == "__main__":
    main()
