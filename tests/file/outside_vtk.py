"""VTK's files, read strictly by its documents."""
import numpy as np

from outside_surface import expected, marks


# VTK's legacy format by its document ("VTK File Formats"): lines of text, big-endian numbers.
def read_vtk(path):
    data = open(path, "rb").read()
    at = 0

    def line():
        nonlocal at
        end = data.index(b"\n", at)
        text, at = data[at:end].decode(), end + 1
        return text

    def numbers(kind, count):
        nonlocal at
        out = np.frombuffer(data, kind, count, at)
        at += out.nbytes
        assert line() == ""
        return out

    assert line().startswith("# vtk DataFile Version 3")
    title = line()
    assert len(title) < 256 and line() == "BINARY" and line() == "DATASET STRUCTURED_GRID"
    word, *dims = line().split()
    assert word == "DIMENSIONS"
    dims = [int(d) for d in dims]
    word, count, kind = line().split()
    assert word == "POINTS" and kind == "double" and int(count) == np.prod(dims)
    points = numbers(">f8", 3 * int(count)).reshape(-1, 3)
    assert line() == f"POINT_DATA {count}"
    arrays = {}
    while at < len(data):
        word, name, kind, components = line().split()
        assert word == "SCALARS" and components == "1" and line() == "LOOKUP_TABLE default"
        arrays[name] = numbers({"double": ">f8", "unsigned_char": "u1"}[kind], int(count))
    return title, dims, points, arrays


def check_surface_vtk(path):
    rank = 1 if path.endswith("1.vtk") else 2
    ny = 3 if rank == 2 else 1
    title, dims, points, arrays = read_vtk(path)
    assert title == "thalweg plane \u00e9" and dims == [5, ny, 1]
    iy, ix = np.mgrid[0:ny, 0:5]
    np.testing.assert_array_equal(points[:, 0], np.linspace(-1, 1, 5)[ix.ravel()])
    np.testing.assert_array_equal(points[:, 1], np.array([0, 0.5, 1])[iy.ravel()])
    for m, name in enumerate(["train_loss", "train_acc"]):
        wanted = expected(m, ny, 5).ravel()
        wanted[-1] = np.nan
        np.testing.assert_array_equal(arrays[name], wanted)
    loss = arrays["train_loss"]
    bad = ~np.isfinite(loss)
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points[~bad, 2], loss[~bad])
    np.testing.assert_array_equal(arrays["vtkGhostType"], 2 * bad)
    assert points[3, 2] == loss[~bad].min() and (points[[1, 2, -1], 2] == loss[~bad].max()).all()
    np.testing.assert_array_equal(arrays["computed"], marks(ny))


# VTK's XML formats: inline arrays are base64 of a length in bytes and the numbers.
def read_vtk_xml(path):
    import base64
    import xml.etree.ElementTree as xml
    root = xml.parse(path).getroot()
    assert root.tag == "VTKFile" and root.attrib == {
        "type": root[0].tag, "version": "1.0", "byte_order": "LittleEndian", "header_type": "UInt64"}
    piece = root[0].find("Piece")

    def arrays(at):
        out = {}
        for a in at if at is not None else []:
            assert a.tag == "DataArray" and a.get("format") == "binary"
            data = base64.b64decode(a.text.strip(), validate=True)
            assert int.from_bytes(data[:8], "little") == len(data) - 8
            kind = {"Float64": "<f8", "UInt8": "u1", "Int64": "<i8"}[a.get("type")]
            values, width = np.frombuffer(data[8:], kind), int(a.get("NumberOfComponents"))
            out[a.get("Name")] = values.reshape(-1, width) if width > 1 else values
        return out

    texts = {}
    for a in root[0].find("FieldData"):
        assert a.tag == "Array" and a.get("type") == "String" and a.get("format") == "ascii"
        words = bytes(int(w) for w in a.text.split()).split(b"\0")[:-1]
        assert len(words) == int(a.get("NumberOfTuples"))
        texts[a.get("Name")] = [w.decode() for w in words]
    parts = {at.tag: arrays(at) for at in piece}
    return root[0], piece, texts, parts


def check_surface_vts(path):
    rank = 1 if path.endswith("1.vts") else 2
    ny = 3 if rank == 2 else 1
    grid, piece, texts, parts = read_vtk_xml(path)
    assert grid.tag == "StructuredGrid"
    assert grid.get("WholeExtent") == piece.get("Extent") == f"0 4 0 {ny - 1} 0 0"
    assert texts == {"command": ["thalweg plane \u00e9"]}
    *_, legacy_points, legacy = read_vtk(path[:-3] + "vtk")
    np.testing.assert_array_equal(parts["Points"]["points"], legacy_points)
    assert set(parts["PointData"]) == set(legacy)
    for name, values in legacy.items():
        np.testing.assert_array_equal(parts["PointData"][name], values)


# Accuracies before losses, as in files in order of the alphabet: test_vtk_files.c.
def check_heights(path):
    *_, parts = read_vtk_xml(path)
    data, z = parts["PointData"], parts["Points"]["points"][:, 2]
    loss, accuracy = data["train_loss"], data["train_acc"]
    np.testing.assert_array_equal(loss, [100, 10, 1, 0, -1, np.inf])
    np.testing.assert_array_equal(accuracy, [10, 20, 30, 40, 50, 60])
    wanted = {"loss": [100, 10, 1, 0, -1, 100], "acc": accuracy,
              "log": [2, 1, 0, 0, 0, 2]}[path.split(".")[-2]]
    np.testing.assert_allclose(z, wanted, rtol=1e-15)
    hidden = data.get("vtkGhostType", np.zeros(6))
    np.testing.assert_array_equal(hidden, [0] * 6 if "acc" in path else [0] * 5 + [2])


# Every fourth row and column of 17 x 17 points is there: test_vtk_files.c.
def check_lattice(path):
    if path.endswith(".vtk"):
        _, dims, points, arrays = read_vtk(path)
        assert dims == [5, 5, 1]
    else:
        grid, _, _, parts = read_vtk_xml(path)
        assert grid.get("WholeExtent") == "0 4 0 4 0 0"
        points, arrays = parts["Points"]["points"], parts["PointData"]
    x, y = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(0, 2, 5))
    np.testing.assert_array_equal(points, np.c_[x.ravel(), y.ravel(), (3 * x + y).ravel()])
    np.testing.assert_array_equal(arrays["train_loss"], (3 * x + y).ravel())
    assert "vtkGhostType" not in arrays and arrays["computed"].all()


# Two runs and a point between them, over the surface 3 x + y on -1 ... 1 by 0 ... 2.
def check_paths_vtp(path):
    data, piece, texts, parts = read_vtk_xml(path)
    over = not path.endswith("flat.vtp")
    assert data.tag == "PolyData" and texts["names"] == ["sgd & <co>", "C", ""]
    assert [int(piece.get("NumberOf" + n)) for n in ("Points", "Verts", "Lines", "Strips", "Polys")] \
        == [6, 1, 2, 0, 0]
    x, y = np.array([-1, 0.125, 0.5, 0.3, 5, 0]), np.array([0, 1, 1.5, 0.7, 1, -3])
    z = 3 * np.clip(x, -1, 1) + np.clip(y, 0, 2) if over else 0 * x
    np.testing.assert_allclose(parts["Points"]["points"], np.c_[x, y, z], rtol=1e-14, atol=1e-15)
    point = parts["PointData"]
    np.testing.assert_array_equal(point["checkpoint"], [0, 1, 2, 0, 0, 1])
    np.testing.assert_array_equal(point["loss"], [0, 1, 2, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(parts["CellData"]["path"], [1, 0, 2])  # vertices come first
    for part, points, ends in [("Verts", [3], [1]), ("Lines", [0, 1, 2, 4, 5], [3, 5])]:
        np.testing.assert_array_equal(parts[part]["connectivity"], points)
        np.testing.assert_array_equal(parts[part]["offsets"], ends)
