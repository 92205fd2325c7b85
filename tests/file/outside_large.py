"""Files that claim much, and in any order: test_large_files.c."""
import h5py
import numpy as np


def make_odd_archives(folder):
    w, b = np.array([4.0, 5, 6]), np.array([1.0, 2, 3])
    np.savez(folder + "/order.npz", other=np.zeros(9), W=w, b=b)
    np.savez(folder + "/missing.npz", W=w, c=b)
    np.savez(folder + "/order_b.npz", W=w, b=np.zeros(4))


def make_claims(folder):
    side = 2896  # just below 64 MiB a set, which are believed once
    with h5py.File(folder + "/surface.h5", "w") as f:
        f["xcoordinates"] = f["ycoordinates"] = np.linspace(0, 1, side)
        for k in range(80):
            f.create_dataset(f"m{k}", (side, side), "f8", chunks=(64, 64))
    with h5py.File(folder + "/weights.h5", "w") as f:
        for k in range(80):
            f.create_dataset(f"weights/a/m{k}", (1000, 4000), "f8", chunks=(64, 64))
    with h5py.File(folder + "/deep.h5", "w") as f:
        group = f.create_group("weights")
        for _ in range(300):
            group = group.create_group("a")
        group["w"] = np.zeros(3)
    with h5py.File(folder + "/nested.h5", "w") as f:
        f["weights/a/b/w"], f["weights/a/c"], f["weights/z"] = np.zeros(2), np.zeros(3), np.zeros(4)
        f["weights/again"] = f["weights/z"]
        f["weights/a/up"] = f["weights"]


def make_shuffled(folder):
    nx, ny = 70, 50
    order = np.random.default_rng(1).permutation(nx * ny)
    with open(folder + "/shuffled.csv", "w") as f:
        f.write("# thalweg surface\nx,y,loss\n")
        f.writelines(f"{k % nx},{k // nx},{1000 * (k // nx) + k % nx}\n" for k in order)
    with open(folder + "/diagonal.csv", "w") as f:
        f.write("# thalweg surface\nx,y,loss\n")
        f.writelines(f"{k},{-k},0\n" for k in range(40000))
