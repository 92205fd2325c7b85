"""Spectra."""
import h5py
import numpy as np


# A spectrum of six numbers, blocks W (2, 2) and b (2), as docs/files.md says.
def spectrum(path):
    with h5py.File(path, "w") as f:
        for group, values in [("largest", [3.0, 2.0]), ("smallest", [-2.0])]:
            f[group + "/value"], f[group + "/residual"] = values, np.full(len(values), 1e-9)
            for k in range(len(values)):
                f[f"{group}/{k + 1}/0"] = np.full((2, 2), k + 0.5)
                f[f"{group}/{k + 1}/1"] = np.full(2, -0.5)
                f[f"{group}/{k + 1}/0"].attrs["name"], f[f"{group}/{k + 1}/1"].attrs["name"] = "W", "b"
        f["xdirection"], f["ydirection"] = f["largest/1"], f["smallest/1"]
        f["eigenvalues"] = np.array([3, 2, 1, 0, -1, -2.0])
        f["trace/names"] = np.array([b"W", b"b"])
        f["trace/blocks"] = np.array([[2, 0.5], [1, 0.25]])
        f["density/nodes"] = np.array([[-2, 0, 3.0], [-1.9, 2, 0]])
        f["density/weights"] = np.array([[0.25, 0.5, 0.25], [0.5, 0.5, 0]])
        f["density/counts"] = np.array([3, 2], np.uint64)
        for name, value in {"curvature/complete": 1, "curvature/parameters": 6, "curvature/dimension": 6,
                            "curvature/matrix": 0, "curvature/source": 0, "curvature/norm": 0, "curvature/products": 20,
                            "pairs/largest_asked": 2, "pairs/smallest_asked": 1, "pairs/stop": 0, "trace/trace": 3,
                            "trace/standard_error": 0.6, "trace/frobenius": 4.4, "density/dimension": 6,
                            "density/trace": 3, "density/squares": 19}.items():
            f[name] = float(value)
        f.create_group("thalweg").attrs["kind"] = "spectrum"


def make_spectra(folder):
    spectrum(folder + "/spectrum.h5")
    with h5py.File(folder + "/state.h5", "w") as f:
        f["descent/work"], f["descent/search.counters"] = [12.0], np.arange(24.0)
        f["descent/search.basis"], f["descent/search.values"] = np.ones(12), [3.0, np.nan]
        f.create_group("thalweg").attrs["kind"] = "spectrum state"


# One fault a file; test_spectrum_file.c has what is said of each.
SPECTRUM_FAULTS = {
    "other_kind": lambda f: f["thalweg"].attrs.__setitem__("kind", "surface"),
    "no_kind": lambda f: f.__delitem__("thalweg"),
    "no_residual": lambda f: f.__delitem__("largest/residual"),
    "value_is_text": lambda f: again(f, "largest/value", np.array([b"3", b"2"])),
    "value_is_group": lambda f: (f.__delitem__("largest/value"), f.create_group("largest/value")),
    "pairs_are_numbers": lambda f: again(f, "largest", np.zeros(3)),
    "value_is_matrix": lambda f: again(f, "largest/value", [[3.0, 2.0]]),
    "value_is_empty": lambda f: again(f, "largest/value", np.zeros(0)),
    "value_is_null": lambda f: again(f, "largest/value", h5py.Empty("f8")),
    "value_is_nan": lambda f: f["largest/value"].__setitem__(1, np.nan),
    "residuals_are_few": lambda f: again(f, "largest/residual", [1e-9]),
    "residual_is_nan": lambda f: f["largest/residual"].__setitem__(1, np.nan),
    "residual_is_negative": lambda f: f["smallest/residual"].__setitem__(0, -1e-9),
    "no_dimension_known": lambda f: again(f, "curvature/dimension", [6.0, 6.0]),
    "parameters_are_negative": lambda f: again(f, "curvature/parameters", -1.0),
    "parameters_are_too_many": lambda f: again(f, "curvature/parameters", 1e30),
    "matrix_is_unknown": lambda f: again(f, "curvature/matrix", 7.0),
    "stop_is_nan": lambda f: again(f, "pairs/stop", np.nan),
    "complete_is_half": lambda f: again(f, "curvature/complete", 0.5),
    "complete_is_seven": lambda f: again(f, "curvature/complete", 7.0),
    "trace_is_nan": lambda f: again(f, "trace/trace", np.nan),
    "eigenvalue_is_infinite": lambda f: f["eigenvalues"].__setitem__(0, np.inf),
    "eigenvalues_are_square": lambda f: again(f, "eigenvalues", np.zeros((2, 3))),
    "blocks_have_no_errors": lambda f: again(f, "trace/blocks", np.ones((2, 1))),
    "block_is_nan": lambda f: f["trace/blocks"].__setitem__((1, 0), np.nan),
    "block_error_is_negative": lambda f: f["trace/blocks"].__setitem__((0, 1), -1),
    "no_names": lambda f: f.__delitem__("trace/names"),
    "names_are_few": lambda f: again(f, "trace/names", np.array([b"W"])),
    "names_are_numbers": lambda f: again(f, "trace/names", np.zeros(2)),
    "no_weights": lambda f: f.__delitem__("density/weights"),
    "no_counts": lambda f: f.__delitem__("density/counts"),
    "no_nodes": lambda f: f.__delitem__("density/nodes"),
    "no_blocks": lambda f: f.__delitem__("trace/blocks"),
    "nodes_are_a_line": lambda f: again(f, "density/nodes", np.zeros(6)),
    "weights_are_turned": lambda f: again(f, "density/weights", np.full((3, 2), 0.3)),
    "weights_are_many": lambda f: again(f, "density/weights", np.full((2, 4), 0.3)),
    "weight_is_negative": lambda f: f["density/weights"].__setitem__((0, 0), -0.25),
    "weight_is_two": lambda f: f["density/weights"].__setitem__((0, 0), 2),
    "node_is_nan": lambda f: f["density/nodes"].__setitem__((1, 1), np.nan),
    "count_is_zero": lambda f: f["density/counts"].__setitem__(1, 0),
    "count_is_too_large": lambda f: f["density/counts"].__setitem__(1, 4),
    "count_is_negative": lambda f: again(f, "density/counts", [3.0, -1.0]),
    "count_is_nan": lambda f: again(f, "density/counts", [3.0, np.nan]),
    "counts_are_few": lambda f: again(f, "density/counts", [3.0]),
    "no_eigenvalues_at_all": lambda f: again(f, "density/dimension", 0.0),
    "claims_much": lambda f: (f.__delitem__("density/nodes"), f.create_dataset("density/nodes", (1 << 30, 1 << 10), "f8",
                                                                              chunks=(64, 64))),
    "vector_is_nan": lambda f: f["largest/1/1"].__setitem__(1, np.nan),
    "vector_is_turned": lambda f: again(f, "largest/1/0", np.zeros((4, 1))),
    "tensor_is_missing": lambda f: f.__delitem__("largest/1/1"),
    "tensor_is_elsewhere": lambda f: f.move("largest/1/1", "largest/1/7"),
    "tensor_is_too_much": lambda f: f.__setitem__("largest/1/2", np.zeros(2)),
    "no_vector": lambda f: f.__delitem__("largest/1"),
}


def again(f, name, value):
    del f[name]
    f[name] = value


def make_bad_spectra(folder):
    for name, fault in SPECTRUM_FAULTS.items():
        spectrum(f"{folder}/{name}.h5")
        with h5py.File(f"{folder}/{name}.h5", "r+") as f:
            fault(f)
