"""Builds the wheel: the module's files and the shared library beside them (PEP 517, PEP 660).

`pip install ./python` calls it. It needs nothing but Python, so that it works without network: the library is not
compiled here but taken as it was built or installed, in the order in which the module looks for it (THALWEG_LIBRARY,
the clone's build folder, the system).
"""
import base64
import hashlib
import os
import re
import runpy
import subprocess
import sysconfig
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = os.path.join(HERE, "thalweg")
SUMMARY = "loss functions: see them, differentiate them numerically, walk down them"


def _version():
    with open(os.path.join(MODULE, "_library.py"), encoding="utf-8") as file:
        return re.search(r'^__version__ = "(.*)"', file.read(), re.M).group(1)


def _library():
    """The library that the module itself would load, whose version it has checked."""
    found = runpy.run_path(os.path.join(MODULE, "_library.py"))["path"]
    if os.path.sep in found:
        return os.path.realpath(found)
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False,
                            env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/sbin:/usr/sbin"}).stdout
    for line in listed.splitlines():
        if line.split()[:1] == [found]:
            return os.path.realpath(line.split("=> ")[1])
    raise RuntimeError(f"'{found}' is loaded, but nobody says from where: name it in THALWEG_LIBRARY")


def _metadata():
    return (f"Metadata-Version: 2.1\nName: thalweg\nVersion: {_version()}\nSummary: {SUMMARY}\nLicense: MIT\n"
            "Requires-Python: >=3.9\nRequires-Dist: numpy\n")


def _tag():
    return "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def _sources():
    return sorted(name for name in os.listdir(MODULE) if name.endswith(".py") or name == "py.typed")


def _write(directory, files):
    """A wheel of (name, bytes)."""
    stem = f"thalweg-{_version()}"
    info, wheel = f"{stem}.dist-info", f"{stem}-{_tag()}.whl"
    files = [*files, (f"{info}/METADATA", _metadata().encode()),
             (f"{info}/WHEEL", (f"Wheel-Version: 1.0\nGenerator: thalweg\nRoot-Is-Purelib: false\nTag: {_tag()}\n").encode())]
    record = f"{info}/RECORD"
    with zipfile.ZipFile(os.path.join(directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for name, content in files:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(content)}")
            archive.writestr(name, content)
        archive.writestr(record, "\n".join([*lines, f"{record},,"]) + "\n")
    return wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = []
    for name in _sources():
        with open(os.path.join(MODULE, name), "rb") as file:
            files.append((f"thalweg/{name}", file.read()))
    with open(_library(), "rb") as file:
        files.append(("thalweg/libthalweg.so.0", file.read()))
    return _write(wheel_directory, files)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _write(wheel_directory, [("thalweg.pth", (HERE + "\n").encode())])


def build_sdist(sdist_directory, config_settings=None):
    stem = f"thalweg-{_version()}"
    with tarfile.open(os.path.join(sdist_directory, f"{stem}.tar.gz"), "w:gz") as archive:
        for name in ("pyproject.toml", "wheel_backend.py"):
            archive.add(os.path.join(HERE, name), f"{stem}/{name}")
        for name in _sources():
            archive.add(os.path.join(MODULE, name), f"{stem}/thalweg/{name}")
        path = os.path.join(sdist_directory, ".PKG-INFO")
        with open(path, "w", encoding="utf-8") as file:
            file.write(_metadata())
        archive.add(path, f"{stem}/PKG-INFO")
        os.unlink(path)
    return f"{stem}.tar.gz"
