"""The examples in the docstrings do what they say, and type hints name types."""
import doctest
import importlib
import inspect
import pkgutil
import sys
import typing

from support import thalweg


def main():
    failed = tried = 0
    for module in [thalweg] + [importlib.import_module(f"thalweg.{found.name}")
                               for found in pkgutil.iter_modules(thalweg.__path__) if "torch" not in found.name]:
        result = doctest.testmod(module)
        failed, tried = failed + result.failed, tried + result.attempted
    for name in thalweg.__all__:
        thing = getattr(thalweg, name)
        for function in [thing, *vars(thing).values()] if inspect.isclass(thing) else [thing]:
            if inspect.isfunction(function):
                typing.get_type_hints(function)
        if inspect.isfunction(thing):
            missing = {*inspect.signature(thing).parameters, "return"} - {*typing.get_type_hints(thing)}
            failed += bool(missing)
            if missing:
                print(f"{name}: no type is said of {', '.join(sorted(missing))}")
    undocumented = [name for name in thalweg.__all__ if not (getattr(thalweg, name).__doc__ or "").strip()]
    for name in undocumented:
        print(f"{name} has no docstring")
    print(f"{tried} examples, {failed} failed")
    return int(failed > 0 or tried < 40 or bool(undocumented))


if __name__ == "__main__":
    sys.exit(main())
