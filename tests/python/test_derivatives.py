"""Derivatives against closed forms, in every form of a point."""
from support import Case, main, np, thalweg


def rosenbrock(x):
    return float(np.sum(100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2))


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1]**2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1]**2)
    return g


class Gradients(Case):
    x = np.array([-1.2, 1.0, 0.3, 0.7])

    def test_complex_steps_of_metrics(self):
        for answer in (lambda v: {"loss": v, "accuracy": 0.5}, lambda v: (v, 0.5), lambda v: np.array([v, 0.5])):
            f = thalweg.Objective(lambda x: answer((x**3).sum()), metrics=("loss", "accuracy"))
            g = thalweg.gradient(f, [1.0, 2.0], method="complex")
            self.assertLess(np.abs(g.value - [3, 12]).max(), 1e-12)
        f = thalweg.Objective(losses=lambda x, count: np.full(count, (x**2).sum()), samples=3)
        with self.assertRaisesRegex(thalweg.ArgumentError, "complex"):
            thalweg.gradient(f, [1.0, 2.0], method="complex")

    def test_methods(self):
        truth = rosenbrock_gradient(self.x)
        for method, most in (("ladder", 1e-8), ("robust", 1e-7), ("central", 1e-4), ("forward", 1e-1), ("complex", 1e-11)):
            f = rosenbrock if method != "complex" else lambda x: np.sum(100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)
            g = thalweg.gradient(f, self.x, method=method)
            self.assert_within(g.value, truth, g.error, slack=2)
            self.assertLess(np.max(g.error), most, method)
            self.assertEqual(g.fun, rosenbrock(self.x))
            self.assertIn("evaluations", repr(g))
        self.assertEqual(thalweg.gradient(rosenbrock, self.x, method="central", step=0.5).step, 0.5)

    def test_forms(self):
        w = np.arange(6.0).reshape(2, 3)
        seen = []

        def f(p):
            seen.append((p["w"].shape, p["b"].shape, p["w"].flags.writeable))
            return (p["w"]**2).sum() + 3 * p["b"][0]

        g = thalweg.gradient(f, {"w": w, "b": [1.0]})
        np.testing.assert_allclose(g.value["w"], 2 * w, atol=1e-8)
        np.testing.assert_allclose(g.value["b"], [3], atol=1e-8)
        self.assertEqual(set(seen), {((2, 3), (1,), False)})
        g = thalweg.gradient(lambda m: (m**3).sum(), w)
        self.assertEqual(g.value.shape, (2, 3))
        np.testing.assert_allclose(np.asarray(g), 3 * w**2, atol=1e-6)
        self.assertEqual(thalweg.gradient(lambda t: t * t, 3.0).value.shape, ())
        for x in (w.astype(np.float32), np.asfortranarray(w), w[:, ::-1][:, ::-1], w.tolist(), w.astype(int)):
            np.testing.assert_array_equal(thalweg.gradient(lambda m: (m**3).sum(), x).value, g.value)

    def test_kinks_and_bounds(self):
        g = thalweg.gradient(lambda x: abs(x[0]) + np.sqrt(x[1]), [0.0, 1e-3], bounds=([-np.inf, 0], np.inf))
        self.assertEqual(g.kinds.tolist(), ["kink", "smooth"])
        self.assertLess(abs(g.value[1] - 0.5 / np.sqrt(1e-3)), 3 * g.error[1])
        least = []
        thalweg.gradient(lambda x: least.append(x[0]) or x[0]**2, [0.0], bounds=(0, 1))
        self.assertGreaterEqual(min(least), 0)

    def test_derivative(self):
        d = thalweg.derivative(np.sin, 0.5)
        self.assert_within(d.value, np.cos(0.5), d.error)
        self.assertEqual((d.kind, d.flags), ("smooth", ()))
        d = thalweg.derivative(rosenbrock, self.x, direction=[1, 2, -1, 0.5])
        self.assert_within(d.value, rosenbrock_gradient(self.x) @ [1, 2, -1, 0.5], d.error, slack=2)
        d = thalweg.derivative(rosenbrock, self.x, index=2)
        self.assert_within(d.value, rosenbrock_gradient(self.x)[2], d.error, slack=2)
        kink = thalweg.derivative(lambda t: abs(t), 0.0)
        self.assertEqual((kink.kind, kink.left, kink.right), ("kink", -1, 1))

    def test_jacobian(self):
        def r(x):
            return np.array([[x[0] * x[1], np.sin(x[2])], [x[1]**2, x[0]]])
        x = np.array([1.0, 2.0, 0.5])
        truth = [[2, 1, 0], [0, 0, np.cos(0.5)], [0, 4, 0], [1, 0, 0]]
        for method in ("ladder", "central", "forward"):
            j = thalweg.jacobian(r, x, method=method)
            self.assert_within(j.value, truth, j.error + 1e-12, slack=2)
        j = thalweg.jacobian(r, x, sparsity=np.array(truth) != 0)
        self.assertEqual((j.value.size, j.indices.tolist(), j.indptr.tolist()), (5, [0, 1, 2, 1, 0], [0, 2, 3, 4, 5]))
        self.assertLess(j.groups, 3)
        np.testing.assert_allclose(j.toarray(), truth, atol=1e-9)
        wrong = np.array(truth) != 0
        wrong[0, 1] = False
        self.assert_line(thalweg.ArgumentError, "row", thalweg.jacobian, r, x, sparsity=wrong)

    def test_hessian(self):
        x = np.array([0.3, -0.2])
        truth = np.array([[1200 * x[0]**2 - 400 * x[1] + 2, -400 * x[0]], [-400 * x[0], 200]])
        for gradient, source in ((rosenbrock_gradient, None), (rosenbrock_gradient, "ladder"), (None, None)):
            h = thalweg.hessian(rosenbrock, x, gradient=gradient, source=source)
            self.assert_within(h.value, truth, h.error, slack=2)
            self.assertEqual(h.value.shape, (2, 2))
        chain = np.array([-1.2, 1.0, 0.3])
        dense = thalweg.hessian(rosenbrock, chain, gradient=rosenbrock_gradient).value
        places = np.abs(np.subtract.outer(range(3), range(3))) <= 1
        sparse = thalweg.hessian(rosenbrock, chain, gradient=rosenbrock_gradient, sparsity=places)
        np.testing.assert_allclose(sparse.toarray(), dense, atol=1e-4)
        p = thalweg.hessian_product(rosenbrock, x, [1.0, 2.0], gradient=rosenbrock_gradient)
        self.assert_within(p.value, truth @ [1, 2], p.error, slack=2)
        self.assert_line(thalweg.UnsupportedError, "gradient", thalweg.hessian_product, rosenbrock, x, [1.0, 2.0])

    def test_sweep(self):
        s = thalweg.step_sweep(lambda t: np.exp(t), 1.0, gradient=lambda t: np.exp(t))
        self.assertEqual(s.step.size, 45)
        self.assertAlmostEqual(s.reference, np.e, places=12)
        np.testing.assert_allclose(s.central_error[3], abs((np.exp(1 + s.step[3]) - np.exp(1 - s.step[3])) / 2 /
                                                           s.step[3] - np.e), rtol=1e-6)
        self.assertIn("SciPy", " ".join(s.frameworks))
        self.assertEqual(thalweg.step_sweep(lambda t: np.exp(t), 1.0, first=3, count=5).step.size, 5)


if __name__ == "__main__":
    main()
