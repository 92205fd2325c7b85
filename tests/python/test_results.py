"""Surfaces, directions, descents, spectra, files and figures against closed forms and NumPy."""
import os
import struct

from support import Case, main, np, thalweg

A = np.diag([4.0, 2.0, 1.0, -0.5]) + 0.1


def quadratic(x):
    return float(x @ A @ x / 2)


def figures():
    return thalweg._c.lib.tw_plot_available()


class Surfaces(Case):
    x, u, v = np.array([1.0, 2.0, 0.5, -1.0]), np.array([1.0, 0, 1, 0]), np.array([0.0, 1, 0, 2])

    def truth(self, s):
        return np.array([[quadratic(self.x + a * self.u + b * self.v) for a in s.x] for b in s.y])

    def test_plane(self):
        s = thalweg.plane(quadratic, self.x, self.u, self.v, points=(9, 5), xlim=(-2, 2), ylim=(0, 1))
        self.assertEqual((s.rank, s.loss.shape, s.x.tolist()), (2, (5, 9), np.linspace(-2, 2, 9).tolist()))
        np.testing.assert_allclose(s.loss, self.truth(s), rtol=1e-13, atol=1e-13)
        self.assertEqual(s.center, quadratic(self.x))
        self.assertAlmostEqual(s.minimum, s.loss.min())
        self.assertEqual(s.loss[s.y.tolist().index(s.minimum_at[1]), s.x.tolist().index(s.minimum_at[0])], s.minimum)
        self.assertEqual((s.evaluated, s.provenance["dx"], s["train_loss"].base is not None), (45, "given", True))
        self.assertIn("9 x 5", repr(s))

    def test_adaptive(self):
        calls = []
        s = thalweg.plane(lambda x: calls.append(1) or quadratic(x), self.x, self.u, self.v, points=51, adaptive=0.01)
        span = s.loss.max() - s.loss.min()
        self.assertLess(np.abs(s.loss - self.truth(s)).max(), 0.01 * span)
        self.assertLess(s.evaluated, 600)
        self.assertLess(len(calls), 610)
        self.assertEqual(set(np.unique(s.computed)), {1, 2})
        self.assertEqual(s.provenance["adaptive"], "1%")
        self.assertLess(s.interpolation_error, 0.01)

    def test_slice_and_points(self):
        b = np.array([0.0, 1.0, 1.0, 1.0])
        s = thalweg.slice(quadratic, self.x, to=b)
        np.testing.assert_allclose(s.loss, [quadratic(self.x + t * (b - self.x)) for t in s.x], rtol=1e-12, atol=1e-12)
        inside = (s.x > 0) & (s.x < 1)
        straight = quadratic(self.x) * (1 - s.x) + quadratic(b) * s.x
        self.assertAlmostEqual(s.barrier["height"], max(0, (s.loss - straight)[inside].max()), places=12)
        self.assertEqual([path.name for path in s.paths], ["A", "B"])
        p = thalweg.plane(quadratic, self.x, to=b, third=self.u, points=21)
        self.assertEqual([path.name for path in p.paths], ["A", "B", "C"])
        self.assertAlmostEqual(p.paths[2].loss[0], quadratic(self.u))
        band = thalweg.slice(quadratic, self.x, repeats=3, points=5)
        self.assertEqual(sorted(band.values), ["train_loss", "train_loss_max", "train_loss_min"])

    def test_tolerance(self):
        """As few samples as the error needs, by the mean of their losses and its standard error."""
        data = np.random.default_rng(0).normal(size=(4000, 2)) + 3
        counts = []

        class Mean(thalweg.Objective):
            samples, start, metrics = 4000, np.zeros(2), ("loss", "near")

            def losses(self, x, count):
                counts.append(count)
                each = ((data[:count] - x)**2).sum(axis=1)
                return np.stack([each, each < 1], axis=1)

        f = Mean()
        s = thalweg.plane(f, dx=[1.0, 0], dy=[0.0, 1], points=5, errors=True)
        each = (data**2).sum(axis=1)
        self.assertAlmostEqual(s.center, each.mean(), places=11)
        self.assertAlmostEqual(s["train_loss_se"][2, 2], each.std(ddof=1) / np.sqrt(4000), places=12)
        self.assertAlmostEqual(s["train_near"][4, 4], (((data - 1)**2).sum(axis=1) < 1).mean(), places=12)
        counts.clear()
        s = thalweg.plane(f, dx=[1.0, 0], dy=[0.0, 1], points=5, tolerance=0.05)
        self.assertEqual(s.samples, 256)
        self.assertLess(s.error, 0.05)
        self.assertEqual(set(counts[-20:]), {256})
        self.assertAlmostEqual(s.center, ((data[:256])**2).sum(axis=1).mean(), places=12)

    def test_curvature(self):
        f = thalweg.Objective(quadratic, gradient=lambda x: A @ x, hessian_product=lambda x, v: A @ v)
        s = thalweg.plane(f, self.x, points=3, curvature=True)
        values = np.linalg.eigvalsh(A)
        np.testing.assert_allclose(s["max_eig"], values[-1], rtol=1e-3)
        np.testing.assert_allclose(s["min_eig"], values[0], rtol=1e-2)

    def test_files(self):
        for ending in ("h5", "npz", "csv"):
            path = self.path("s." + ending)
            s = thalweg.plane(quadratic, self.x, self.u, self.v, points=5, file=path)
            again = thalweg.read(path)
            np.testing.assert_array_equal(again.loss, s.loss)
            np.testing.assert_array_equal(again.x, s.x)
            self.assertEqual(again.minimum, s.loss.min())
        self.assertEqual(thalweg.read(self.path("s.h5")).provenance["point_hash"], s.provenance["point_hash"])
        calls = []
        f = thalweg.Objective(lambda x: calls.append(1) or quadratic(x), name="quadratic")
        t = thalweg.plane(f, self.x, self.u, self.v, points=5, file=self.path("s.h5"))
        self.assertEqual((t.continued, np.array_equal(t.loss, s.loss)), (25, True))
        self.assertLess(len(calls), 5)
        t.save(self.path("copy.h5"))
        np.testing.assert_array_equal(thalweg.read(self.path("copy.h5")).loss, s.loss)

    def test_blocks_and_norms(self):
        """Filter by filter as long as the point's, whatever is random in it."""
        w = {"conv": np.arange(1.0, 25).reshape(2, 3, 2, 2), "bias": np.ones(2)}
        f = thalweg.Objective(lambda p: float((p["conv"]**2).sum() + p["bias"].sum()))
        d = thalweg.directions(f, w, norm="filter", seed=4)
        for k in range(2):
            self.assertAlmostEqual(np.linalg.norm(d.x["conv"][k]), np.linalg.norm(w["conv"][k]), places=8)
        self.assertNotEqual(d.x["conv"][0, 0, 0, 0], d.y["conv"][0, 0, 0, 0])
        self.assertEqual(thalweg.directions(f, w, ignore="biasbn", norm="layer").x["bias"].tolist(), [0, 0])
        d.save(self.path("d.h5"))
        again = thalweg.read(self.path("d.h5"))
        np.testing.assert_array_equal(again.x[:24], d.x["conv"].reshape(-1))
        self.assertAlmostEqual(again.angle, d.angle)
        s = thalweg.plane(f, w, directions=self.path("d.h5"), points=3)
        end = {name: w[name] + d.x[name] + d.y[name] for name in w}
        self.assertAlmostEqual(s.loss[2, 2], f.value(end), places=9)
        to = thalweg.directions(f, w, dx={"conv": 0 * w["conv"], "bias": [1.0, 2.0]}, dy=None)
        self.assertEqual((to.y, to.x["bias"].tolist(), to.sources), (None, [1, 2], ("given",)))


    def test_every_norm(self):
        """By their formulas, from the direction as it is drawn."""
        w = np.arange(1.0, 13).reshape(3, 4)
        drawn = thalweg.directions(None, w, norm="none", seed=9).x
        rows = np.linalg.norm(w, axis=1, keepdims=True), np.linalg.norm(drawn, axis=1, keepdims=True)
        whole = np.linalg.norm(w), np.linalg.norm(drawn)
        truth = {"filter": drawn * rows[0] / rows[1], "layer": drawn * whole[0] / whole[1], "weight": drawn * w,
                 "dfilter": drawn / rows[1], "dlayer": drawn / whole[1], "model": drawn * whole[0] / whole[1]}
        for norm, wanted in truth.items():
            found = thalweg.directions(None, w, norm=norm, orthogonal=False, dy=None, seed=9).x
            np.testing.assert_allclose(found, wanted, rtol=1e-8, err_msg=norm)
        np.testing.assert_array_equal(thalweg.directions(None, w, dy=None, scale=0.5, seed=9).x, 0.5 * drawn)
        peer = thalweg.directions(None, np.array([3.0, 4.0]), dy=None, norm="filter", peer_rules=True).x
        self.assertEqual(peer.tolist(), [3, 4])  # the peer's rule for what has one axis


class Walks(Case):
    def test_minimize(self):
        rows = []
        path = self.path("run.h5")
        f = thalweg.Objective(lambda x: float(((x - 1)**2).sum()), gradient=lambda x: 2 * (x - 1), start=np.zeros(3))
        d = thalweg.minimize(f, method="gd", step=0.1, iterations=40, trajectory=path, every=10, report_every=10,
                             callback=rows.append)
        truth = 1 - 0.8**40
        np.testing.assert_allclose(d.x, truth, rtol=1e-12)
        self.assertEqual((d.nit, d.stop, d.method), (40, "iterations", "gd"))
        self.assertEqual([row["iteration"] for row in rows], [0, 10, 20, 30, 40])
        self.assertEqual(d.table["iteration"].tolist(), [0, 10, 20, 30, 40])
        t = thalweg.read(path)
        self.assertEqual((len(t), t.size), (5, 3))
        np.testing.assert_allclose(t[1], 1 - 0.8**10, rtol=1e-12)
        np.testing.assert_array_equal(t[-1], d.x)
        self.assertAlmostEqual(t["train_loss"][1], 3 * 0.8**20)
        if "lbfgs" in thalweg.methods():  # some builds are without
            best = thalweg.minimize(f)
            self.assertTrue(best.success and best.method == "lbfgs" and best.fun < 1e-12)
        self.assertEqual(thalweg.minimize(quadratic, np.ones(4), "local-search", iterations=20).method, "local-search")
        self.assert_line(thalweg.ArgumentError, "unknown method 'sdg'", thalweg.minimize, f, method="sdg")
        self.assert_line(thalweg.UnsupportedError, "gradient", thalweg.minimize, quadratic, np.ones(4), "gd")
        self.assertIn("gd", thalweg.methods())

    def test_batches(self):
        """Steps along the gradients of chosen samples, replayed; the loss on further data beside them."""
        rng = np.random.default_rng(4)
        a, w = rng.normal(size=(30, 3)), np.array([1.0, -2.0, 0.5])

        class Part(thalweg.Objective):
            blocks = {"w": (3,)}

            def __init__(self, rows, **more):
                self.rows, self.samples, self.taken = rows, len(rows), []
                super().__init__(**more)

            def value(self, p):
                return np.mean((self.rows @ (p["w"] - w))**2)

            def sample_gradient(self, p, samples):
                self.taken.append(samples)
                off = self.rows[samples] @ (p["w"] - w)
                return np.mean(off**2), {"w": 2 * self.rows[samples].T @ off / len(samples)}

        f = Part(a[:20], test=Part(a[20:]))
        d = thalweg.minimize(f, np.zeros(3), "sgd", batch=8, step=0.05, iterations=30)
        x, taken = np.zeros(3), list(f.taken)
        for samples in taken:
            x = x - 0.05 * f.sample_gradient({"w": x}, samples)[1]["w"]
        np.testing.assert_allclose(d.x, x, atol=1e-14)
        self.assertEqual(sorted(map(len, taken)), [4] * 10 + [8] * 20)
        self.assertEqual(sorted(np.concatenate(taken[:3])), list(range(20)))
        self.assertAlmostEqual(d.table["test_loss"][-1], np.mean((a[20:] @ (d.x - w))**2), places=14)
        s = thalweg.slice(f, d.x, [1.0, 0, 0], points=3, test=True)
        self.assertAlmostEqual(s["test_loss"][1], d.table["test_loss"][-1], places=14)
        plain = thalweg.Objective(f.value, start=np.ones(3), blocks=f.blocks)
        self.assert_line(thalweg.ArgumentError, "no sample_gradient", thalweg.minimize, plain, batch=8)
        self.assert_line(thalweg.ArgumentError, "no further data", thalweg.slice, plain, test=True)
        self.assert_line(thalweg.ArgumentError, "test: an Objective is wanted", thalweg.Objective, f.value, test=f.value)
        broken = thalweg.Objective(f.value, sample_gradient=lambda p, samples: 1.0, samples=20, blocks=f.blocks)
        self.assert_line(thalweg.CallbackError, "sample_gradient answered no pair", thalweg.minimize, broken, np.ones(3), "sgd")
        unsaid = thalweg.Objective(f.value, sample_gradient=f.sample_gradient, blocks=f.blocks)
        self.assert_line(thalweg.ArgumentError, "number of samples", thalweg.minimize, unsaid, np.ones(3), batch=8)
        np.testing.assert_allclose(thalweg.minimize(f, np.zeros(3)).x, w, atol=1e-6)  # the gradient of all samples
        self.assertEqual(thalweg.check_gradient(f, x=np.ones(3)).verdict, "pass")

    def test_further_data(self):
        """What is asked for beside an objective is made ready like it, and told apart in files where it is shown."""
        class Ready(thalweg.Objective):
            ready = 0

            def __init__(self, off, part=None, **more):
                self.off, self.part = off, part
                super().__init__(samples=600, **more)

            def losses(self, x, count):
                assert self.ready == 1
                return self.off + np.sum(x**2) + np.linspace(-1, 1, count)

            def said(self):
                return {"form": "ready", "data": str(self.off)}

            def fewer(self, count):
                return self.part

            def prepare(self):
                self.ready += 1

            def restore(self):
                self.ready -= 1

        part, test = Ready(1), Ready(2)
        f = Ready(1, part, test=test)
        s = thalweg.plane(f, [1.0, 2.0], points=3, test=True, tolerance=0.05, file=self.path("a.h5"))
        self.assertEqual((s["test_loss"][1, 1], f.ready, part.ready, test.ready), (7, 0, 0, 0))
        self.assertLess(s.samples, 600)
        self.assertAlmostEqual(s["test_loss_se"][1, 1], np.linspace(-1, 1, 600).std(ddof=1) / np.sqrt(600))
        f.test = Ready(3)
        self.assert_line(thalweg.ArgumentError, "test_data is '2'", thalweg.plane, f, [1.0, 2.0], points=3, test=True,
                         tolerance=0.05, file=self.path("a.h5"))
        f.test = None
        thalweg.plane(f, [1.0, 2.0], points=3, file=self.path("b.h5"))
        f.test = test
        self.assertEqual(thalweg.plane(f, [1.0, 2.0], points=3, file=self.path("b.h5")).continued, 9)
        f.test = thalweg.Objective(f.losses, blocks={"x": (3,)})
        self.assert_line(thalweg.ArgumentError, "test: it has 3 parameters", thalweg.plane, f, [1.0, 2.0], test=True)
        f.test = abs
        self.assert_line(thalweg.ArgumentError, "test: an Objective is wanted", thalweg.plane, f, [1.0, 2.0], test=True)

    def test_first_step(self):
        """From the origin too a step by batches that nobody gave is one that goes down: as of parameters of size 1."""
        rng = np.random.default_rng(0)
        a = rng.normal(size=(200, 10))
        y = np.sign(a @ rng.normal(size=10) + rng.normal(size=200) / 2)

        def both(w, k=slice(None)):
            off = a[k] @ w - y[k]
            return np.mean(off**2), 2 * a[k].T @ off / len(off)

        f = thalweg.Objective(lambda w: both(w)[0], value_and_gradient=both, sample_gradient=both, samples=200)
        for method in ("sgd", "momentum"):
            d = thalweg.minimize(f, np.zeros(10), method, batch=4, iterations=100)
            self.assertLess(d.fun, 0.6, method)

    def test_trajectory(self):
        """The plane of its components holds a path that lies in one."""
        rng = np.random.default_rng(1)
        u, v = np.linalg.qr(rng.normal(size=(6, 2)))[0].T
        angles = np.linspace(0, 5, 12)
        rows = np.outer(3 * np.cos(angles), u) + np.outer(np.sin(angles), v)
        path = self.path("t.h5")
        with thalweg.record(path, np.zeros(6), columns=("iteration",)) as recorder:
            for k, row in enumerate(rows):
                recorder.append(row, iteration=k)
            self.assertEqual(len(recorder), 12)
        self.assert_line(thalweg.FileError, "closed", recorder.append, rows[0])
        t = thalweg.read(path)
        np.testing.assert_array_equal([t[k] for k in range(12)], rows)
        with self.assertRaises(IndexError):
            t[12]
        d = thalweg.directions(trajectory=path)
        self.assertAlmostEqual(sum(d.share), 1)
        np.testing.assert_allclose(d.origin, rows[-1])
        singular = np.linalg.svd(rows - rows[-1])
        self.assertAlmostEqual(abs(d.x @ singular[2][0]), 1, places=10)
        self.assertAlmostEqual(d.share[0], singular[1][0]**2 / (singular[1]**2).sum())
        s = thalweg.plane(lambda x: float((x**2).sum()), trajectory=path, points=11)
        self.assertEqual(len(s.paths), 1)
        np.testing.assert_allclose(s.paths[0].loss, (rows**2).sum(axis=1))
        self.assertLess(s.paths[0].distance.max(), 1e-12)
        self.assertIn("PC1", s.labels[0])

    def test_spectrum(self):
        path = self.path("s.h5")
        f = thalweg.Objective(quadratic, gradient=lambda x: A @ x, hessian_product=lambda x, v: A @ v)
        values = np.linalg.eigvalsh(A)[::-1]
        s = thalweg.spectrum(f, np.ones(4), largest=2, smallest=1, trace=True, file=path)
        np.testing.assert_allclose(s.largest, values[:2], rtol=1e-9)
        np.testing.assert_allclose(s.smallest, values[-1:], rtol=1e-9)
        np.testing.assert_allclose(A @ s.largest_vectors[0], s.largest[0] * s.largest_vectors[0], atol=1e-7)
        self.assertAlmostEqual(s.trace[0], np.trace(A), places=10)
        again = thalweg.read(path)
        np.testing.assert_array_equal(again.largest, s.largest)
        e = thalweg.spectrum(f, np.ones(4), exact=True, product="differences")
        np.testing.assert_allclose(e.eigenvalues, values, atol=1e-6)
        self.assert_line(thalweg.UnsupportedError, "Hessian", thalweg.spectrum, quadratic, np.ones(4))
        d = thalweg.spectrum(f, np.ones(4), density=True, diagonal=True)
        self.assertAlmostEqual(np.nansum(d.density["weights"][0]), 1)
        np.testing.assert_allclose(d.diagonal[0], np.diag(A), atol=1e-9)

    def test_model(self):
        m = thalweg.model("softmax", "synthetic:80", reg=0.01, seed=2)
        self.assertEqual((m.samples, m.source, m.metrics[0]), (80, "synthetic:80", "loss"))
        g = m.gradient(m.x)
        e = 1e-5
        moved = m.x.copy()
        moved[7] += e
        up = m(moved)
        moved[7] -= 2 * e
        self.assertAlmostEqual(g[7], (up - m(moved)) / (2 * e), places=5)
        s = thalweg.plane(m, points=3, errors=True, test=True)
        self.assertAlmostEqual(s.loss[1, 1], m(m.x))
        self.assertTrue({"train_loss", "train_acc", "test_loss", "train_loss_se"} <= set(s.values))
        other = thalweg.plane(m, points=3, seed=5)
        self.assertAlmostEqual(other.center, m(m.x))
        self.assertNotAlmostEqual(other.loss[0, 0], s.loss[0, 0])
        self.assertEqual((other.provenance["seed"], other.provenance["init"]), ("5", "seed 2"))
        d = thalweg.minimize(m, iterations=5, trajectory=self.path("m.h5"), every=1)
        self.assertLess(d.fun, m(m.x))
        p = thalweg.plane(m, trajectory=self.path("m.h5"), points=5, test=True)
        np.testing.assert_allclose(p.paths[0].loss[-1], m(d.x), rtol=1e-12)
        self.assertEqual((p.provenance["init"], p.paths[0].x[-1]), ("last checkpoint", 0))
        v = np.random.default_rng(0).normal(size=m.size)
        self.assertGreater(v @ m.hessian_product(m.x, v), 0)
        self.assertEqual(thalweg.model("rosenbrock:2")([1.0, 1.0]), 0)
        self.assert_line(thalweg.ArgumentError, "did you mean 'softmax'", thalweg.model, "softmx")
        self.assert_line(thalweg.ArgumentError, "rge", thalweg.model, "softmax", "synthetic:9", rge=1)


class Checks(Case):
    """A NumPy softmax, with faults planted."""

    x = {"W": np.random.default_rng(3).normal(size=(5, 3)), "b": np.array([0.1, -0.2, 0.3])}
    data, labels = np.random.default_rng(4).normal(size=(20, 5)), np.arange(20) % 3

    def loss(self, p):
        scores = self.data @ p["W"] + p["b"]
        scores = scores - scores.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(20), self.labels]))

    def slope(self, p):
        scores = self.data @ p["W"] + p["b"]
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        probs[np.arange(20), self.labels] -= 1
        return {"W": self.data.T @ probs / 20, "b": probs.mean(axis=0)}

    def test_right(self):
        check = thalweg.check_gradient(self.loss, self.slope, self.x)
        self.assertTrue(check and check.verdict == "pass")
        self.assertEqual((list(check.blocks), check.entries.size, check.cause), (["W", "b"], 18, ""))
        self.assertAlmostEqual(check.taylor_order, 2, places=1)
        self.assertLess(check.worst_relative, 1e-6)
        thalweg.assert_gradient(self.loss, self.slope, self.x)
        self.assertIn("PASS", str(check).upper())
        self.assertEqual(eval(check.report("json").split('"verdict": ')[1].split(",")[0]), "pass")

    def test_planted(self):
        def fault(change):
            def slope(p):
                g = self.slope(p)
                return change(g) or g
            return slope

        def transpose(g):
            g["W"] = np.ascontiguousarray(g["W"].T).reshape(5, 3)
        for cause, block, change in (
                ("sign", "W", lambda g: {"W": -g["W"], "b": g["b"]}), ("factor", "b", lambda g: {**g, "b": 2.5 * g["b"]}),
                ("samples", "W", lambda g: {k: 20 * v for k, v in g.items()}), ("zero", "b", lambda g: {**g, "b": 0 * g["b"]}),
                ("one_entry", "W", lambda g: g["W"].__setitem__((2, 1), 7.0))):
            f = thalweg.Objective(self.loss, fault(change), samples=20)
            check = thalweg.check_gradient(f, x=self.x)
            self.assertEqual((check.verdict, check.blocks[block].verdict), ("fail", "fail"), cause)
            self.assertEqual(check.blocks[block].cause.replace(" ", "_"), cause)
            self.assertTrue(check.explanation)
        with self.assertRaisesRegex(AssertionError, "wrong"):
            thalweg.assert_gradient(self.loss, fault(lambda g: g["W"].__imul__(-1) is None), self.x)
        check.save(self.path("c.json"))
        with open(self.path("c.json"), encoding="utf-8") as file:
            self.assertIn('"fail"', file.read())
        noisy = np.random.default_rng(0)
        told = thalweg.check_gradient(lambda x: float((x**2).sum() + noisy.normal() * 1e-3), lambda x: 2 * x, [1.0, 2.0])
        self.assertNotEqual(told.verdict, "pass")

    def test_hessian_product(self):
        f = thalweg.Objective(quadratic, gradient=lambda x: A @ x, hessian_product=lambda x, v: 1.01 * A @ v)
        check = thalweg.check_gradient(f, x=np.ones(4))
        self.assertEqual((check.hessian_verdict, check.verdict), ("fail", "fail"))


class Pictures(Case):
    def png(self, data):
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        return struct.unpack(">II", data[16:24])

    def test_figures(self):
        if not figures():
            self.skipTest("the library was built without Cairo")
        s = thalweg.plane(quadratic, np.ones(4), points=15)
        self.assertGreater(min(self.png(s._repr_png_())), 300)
        wide = self.png(s.plot(view="3d", width=5.0, dpi=100))
        self.assertEqual(wide[0], 500)
        s.plot(self.path("p.svg"), title="a plane")
        with open(self.path("p.svg"), encoding="utf-8") as file:
            self.assertIn("<svg", file.read())
        check = thalweg.check_gradient(quadratic, lambda x: A @ x, np.ones(4))
        sweep = thalweg.step_sweep(np.exp, 1.0)
        descent = thalweg.minimize(quadratic, np.ones(4), "gd", gradient=lambda x: A @ x, step=0.01, iterations=20)
        spectrum = thalweg.spectrum(quadratic, np.ones(4), hessian_product=lambda x, v: A @ v, density=True)
        for result in (check, sweep, descent, spectrum):
            self.png(thalweg.plot(result))
        s.save(self.path("s.h5"))
        self.png(thalweg.plot(self.path("s.h5"), view="heat"))
        spectrum = thalweg.spectrum(quadratic, np.ones(4), hessian_product=lambda x, v: A @ v, file=self.path("e.h5"))
        thalweg.minimize(quadratic, np.ones(4), "gd", gradient=lambda x: A @ x, step=0.01, iterations=20,
                         log=self.path("log.csv"), trajectory=self.path("t.h5"))
        p = thalweg.plane(quadratic, trajectory=self.path("t.h5"), points=9, file=self.path("p.h5"))
        thalweg.slice(quadratic, np.ones(4), points=9, file=self.path("l.csv"))
        for name in ("s.h5", "e.h5", "log.csv", "p.h5", "l.csv"):
            self.png(thalweg.read(self.path(name)).plot())
        thalweg.read(self.path("p.h5")).save(self.path("q.h5"))
        self.assertEqual(thalweg.read(self.path("q.h5")).paths[0].x.tolist(), p.paths[0].x.tolist())
        self.assert_line(thalweg.ArgumentError, "levels", s.plot, view="heat", levels=[1.0])
        self.assert_line(thalweg.ArgumentError, "there is no option 'colour'", s.plot, colour=1)
        self.assert_line(thalweg.ArgumentError, "does not use it", check.plot, view="heat")
        self.assertFalse([name for name in os.listdir(self.folder) if name.endswith(".part")])


if __name__ == "__main__":
    main()
