"""Bad input: each one line and an exception, and nothing is left behind."""
import gc
import os
import subprocess
import sys
import weakref

from support import Case, SOURCE, main, np, thalweg


def square(x):
    return float((x**2).sum())


class Arguments(Case):
    def test_points(self):
        refuse = self.assert_line
        for x, words in ((np.array([1j]), "complex"), (["a"], "text"), (np.array([object()]), "objects"),
                         ([], "empty"), ([1.0, np.nan], "entry [1] is nan"), ([[1.0, 2], [np.inf, 0]], "entry [1, 0]"),
                         ([[1.0], [1.0, 2.0]], "array"), (None, "no point is given"), ({}, "empty"),
                         ({"a": []}, "x['a']"), (np.zeros((2, 0)), "empty")):
            refuse(thalweg.ArgumentError, words, thalweg.gradient, square, x)
            refuse(thalweg.ArgumentError, words, thalweg.plane, square, x)
        refuse(thalweg.ArgumentError, "a function or an Objective", thalweg.gradient, 3, [1.0])
        refuse(thalweg.ArgumentError, "none of", thalweg.gradient, square, [1.0], method="magic")
        refuse(thalweg.ArgumentError, "bounds", thalweg.gradient, square, [1.0], bounds=3)
        refuse(thalweg.ShapeError, "scales", thalweg.gradient, square, [1.0], scales=[1.0, 2.0])
        refuse(thalweg.ArgumentError, "index", thalweg.derivative, square, [1.0], index=1)
        self.assertTrue(issubclass(thalweg.ArgumentError, ValueError) and issubclass(thalweg.FileError, OSError))

    def test_blocks(self):
        f = thalweg.Objective(lambda p: square(p["w"]), blocks={"w": (2, 2)})
        self.assertEqual(f([1.0, 2, 3, 4]), 30)
        self.assertEqual(f({"w": [[1.0, 2], [3, 4]]}), 30)
        self.assert_line(thalweg.ShapeError, "shape (3,)", f, [1.0, 2, 3])
        self.assert_line(thalweg.ShapeError, "the blocks w", f, {"v": [1.0]})
        f.roles = {"q": "norm"}
        self.assert_line(thalweg.ArgumentError, "no block 'q'", f, [1.0, 2, 3, 4])
        f.roles = {"w": "wheel"}
        self.assert_line(thalweg.ArgumentError, "'wheel' is none of weight, bias", f, [1.0, 2, 3, 4])
        self.assert_line(thalweg.ArgumentError, "needs value", thalweg.Objective)
        counts = []

        class Prepared(thalweg.Objective):
            def value(self, x):
                return square(x) if x[0] < 1e5 else 1 / 0

            def prepare(self):
                counts.append(1)

            def restore(self):
                counts.append(-1)
        g = Prepared()
        for x in ([1.0], [1e6], [np.nan]):
            try:
                thalweg.derivative(g, x)
                thalweg.plane(g, [1.0, 2.0], points=3)
                thalweg.minimize(g, x, iterations=3)
            except (ZeroDivisionError, thalweg.ArgumentError):
                pass
        self.assertEqual((sum(counts), counts[:2], len(counts)), (0, [1, -1], 8))
        self.assertEqual(thalweg.gradient(lambda p: square(p["0"]), {0: [3.0]}).fun, 9)
        self.assert_line(thalweg.ArgumentError, "gradient: a function", thalweg.Objective, square, 3)

    def test_answers(self):
        refuse = self.assert_line
        x = np.array([1.0, 2.0])
        for answer, words in ((None, "answered None"), ("3", "a str"), (x, "an array of shape (2,)"), (1j, "a complex"),
                              ([1.0, 2.0], "a list"), ({}, "a dict")):
            refuse(thalweg.CallbackError, words, thalweg.gradient, lambda _, a=answer: a, x)
        for answer in (2, np.float32(2), np.array(2.0), np.array([2.0]), True):
            self.assertEqual(thalweg.gradient(lambda _, a=answer: a, x).fun, float(answer))
        for answer, words in ((None, "answered None"), (np.ones(3), "shape (3,)"), (np.ones((2, 1)), "shape (2, 1)"),
                              ([1, 2j], "not real numbers"), ("ab", "not real numbers")):
            refuse(thalweg.CallbackError, words, thalweg.check_gradient, square, lambda _, a=answer: a, x)
        refuse(thalweg.CallbackError, "the blocks b; wanted are a", thalweg.check_gradient, lambda p: square(p["a"]),
               lambda p: {"b": p["a"]}, {"a": x})
        refuse(thalweg.CallbackError, "2 numbers are wanted", thalweg.Objective(square, metrics=("loss", "accuracy")), x)
        refuse(thalweg.CallbackError, "r answered", thalweg.jacobian, lambda x: x if x[0] == 1 else x[:1], x)
        refuse(thalweg.CallbackError, "a str at a complex point", thalweg.gradient,
               lambda p: 1.0 if p.dtype == float else ["a"], x, method="complex")
        refuse(thalweg.CallbackError, "does not belong to this function", thalweg.gradient, lambda p: (p * np.conj(p)).sum(), x, method="complex")

    def test_argument_is_not_written(self):
        def writes(x):
            x[0] = 5
            return 1.0
        x = np.array([1.0, 2.0])
        with self.assertRaises(ValueError):
            thalweg.gradient(writes, x)
        kept = []
        thalweg.gradient(lambda p: kept.append((p, p.tolist())) or square(p), x)
        gc.collect()
        self.assertTrue(all(p.tolist() == was for p, was in kept))  # their own memory, not the library's
        self.assertEqual(x.tolist(), [1, 2])

    def test_files(self):
        self.assert_line(thalweg.FileError, "missing.h5", thalweg.read, self.path("missing.h5"))
        with open(self.path("bad.h5"), "wb") as file:
            file.write(b"\x89HDF\r\n\x1a\n" + b"x" * 100)
        self.assert_line(thalweg.Error, "bad.h5", thalweg.read, self.path("bad.h5"))
        self.assert_line(thalweg.FileError, "no/where", thalweg.plane, square, [1.0, 2.0], file=self.path("no/where.h5"))
        self.assert_line(thalweg.ArgumentError, "must end in", thalweg.plane, square, [1.0, 2.0], file=self.path("a.txt"))

    def test_options(self):
        refuse = self.assert_line
        x = np.ones(3)
        for words, keywords in (("errors, tolerance: ", {"tolerance": 0.01}), ("none of", {"norm": "none of them"}),
                                ("adaptive", {"adaptive": -1.0}), ("xlim", {"xlim": 3}), ("points", {"points": 0}),
                                ("points", {"points": (1, 2, 3)}), ("scale and norm", {"scale": 2.0, "norm": "layer"}),
                                ("entry [1]", {"dx": [0, np.nan, 1]}), ("seed", {"seed": -1}), ("shape", {"dx": [1.0]}),
                                ("'to' and 'dx'".replace("'", ""), {"to": x + 1, "dx": x}), ("third", {"third": x})):
            refuse(thalweg.ArgumentError if words != "shape" else thalweg.ShapeError, words, thalweg.plane, square, x,
                   points=keywords.pop("points", 3), **keywords)
        with self.assertRaises(TypeError):
            thalweg.plane(square, x, colour="red")
        self.assertNotIn("--", str(refuse(thalweg.ArgumentError, "dx", thalweg.plane, square, x, dx="axis:7")))


class Memory(Case):
    def test_nothing_is_kept(self):
        """Objects that a call was given are free after it, however it ended."""
        class Point:
            pass
        token = Point()
        seen = weakref.ref(token)

        def fails(x, token=token):
            if x[0] > 0.5:
                raise RuntimeError("far")
            return square(x)
        for _ in range(3):
            with self.assertRaises(RuntimeError):
                thalweg.plane(fails, [0.0, 0.5], points=5, file=self.path("a.h5"))
            thalweg.gradient(lambda x: square(x) + 0 * len(fails.__defaults__), [0.0, 0.5])
        check = thalweg.check_gradient(square, lambda x: 2 * x, [1.0])
        del fails, token, check
        gc.collect()
        self.assertIsNone(seen())

    def test_no_growth(self):
        """Thousands of calls take no more memory than hundreds."""
        def pages():
            with open("/proc/self/statm", encoding="ascii") as file:
                return int(file.read().split()[1])

        def work(times):
            ends = (np.full(20000, -9.0), np.full(20000, 9.0))  # which the library copies
            for _ in range(times):
                f = thalweg.Objective(lambda p: square(p["a"]), gradient=lambda p: {"a": 2 * p["a"]},
                                      blocks={"a": (200, 100)}, start=np.ones(20000), bounds=ends)
                f(np.ones(20000))
                thalweg.derivative(f, np.ones(20000))
                try:
                    f(np.ones(3))
                except thalweg.ShapeError:
                    pass
        work(10)
        gc.collect()
        before = pages()
        work(40)
        gc.collect()
        self.assertLess(pages() - before, 1000)  # 4 MB; each call had 300 KB


class Import(Case):
    def said(self, **environment):
        done = subprocess.run([sys.executable, "-c", "import thalweg"], capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": f"{SOURCE}/python", "PYTHONDONTWRITEBYTECODE": "1",
                                   **environment})
        self.assertNotEqual(done.returncode, 0)
        return done.stderr.strip().splitlines()[-1]

    def test_library(self):
        self.assertIn("is not there", self.said(THALWEG_LIBRARY=self.path("none.so")))
        with open(self.path("text.so"), "w", encoding="ascii") as file:
            file.write("no library")
        self.assertIn("cannot be loaded", self.said(THALWEG_LIBRARY=self.path("text.so")))
        libm = "libm.so.6"
        for folder in ("/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib"):
            if os.path.exists(f"{folder}/{libm}"):
                self.assertIn("is not the thalweg library", self.said(THALWEG_LIBRARY=f"{folder}/{libm}"))
                break
        source, other = self.path("other.c"), self.path("other.so")
        with open(source, "w", encoding="ascii") as file:
            file.write('const char *tw_version(void) { return "9.9.9"; }')
        if subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", source, "-o", other],
                          capture_output=True).returncode == 0:
            self.assertIn("is thalweg 9.9.9, and this module is made for", self.said(THALWEG_LIBRARY=other))
        with open(source, "w", encoding="ascii") as file:
            file.write(f'const char *tw_version(void) {{ return "{thalweg.__version__}"; }}')
        if subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", source, "-o", other],
                          capture_output=True).returncode == 0:
            self.assertIn("it is another build of this version", self.said(THALWEG_LIBRARY=other))


class Keywords(Case):
    """Numbers, whole numbers, paths: what cannot be is told, and never cut to fit."""

    def test_numbers(self):
        f, x = lambda x: float((x**2).sum()), np.array([1.0, 2.0])
        g = lambda x: 2 * x
        a_number, whole = "a number is wanted", "is not a whole number"
        for words, function, keywords in (
                (a_number, thalweg.gradient, {"step": "a"}), (a_number, thalweg.derivative, {"scale": [1]}),
                (whole, thalweg.derivative, {"index": 1.5}), (whole, thalweg.derivative, {"index": "a"}),
                (whole, thalweg.derivative, {"max_evaluations": -1}),
                ("is more than", thalweg.derivative, {"max_evaluations": 2**70}),
                ("a pair", thalweg.derivative, {"bounds": 3}), ("real numbers", thalweg.hessian, {"sparsity": "a"}),
                ("is more than", thalweg.step_sweep, {"first": 10**12}), (whole, thalweg.step_sweep, {"count": 0}),
                (whole, thalweg.plane, {"seed": 1.5}), (whole, thalweg.plane, {"seed": True}),
                (whole, thalweg.plane, {"threads": "a"}),
                ("is more than", thalweg.plane, {"seed": 2**64}), ("is more than", thalweg.plane, {"points": 10**30}),
                ("xlim=(0, 0)", thalweg.plane, {"points": 1}),
                ("is not a number", thalweg.plane, {"scale": float("nan")}),
                ("the direction is zero", thalweg.plane, {"dx": [0, 0]}),
                (a_number, thalweg.plane, {"save_every": "a"}), (a_number, thalweg.plane, {"adaptive": [1]}),
                ("a function is wanted", thalweg.plane, {"progress": 3}), (whole, thalweg.slice, {"repeats": "a"}),
                ("of one axis", thalweg.slice, {"points": (3, 4)}),
                ("a function is wanted", thalweg.minimize, {"callback": 3}),
                (whole, thalweg.spectrum, {"largest": 1.5, "gradient": g})):
            self.assert_line(thalweg.ArgumentError, words, function, f, x, **keywords)
        for keywords in ({"seed": -1}, {"seed": 2**65}, {"sample": -1}, {"max_evaluations": -1}):
            self.assertRaises(thalweg.ArgumentError, thalweg.check_gradient, f, g, x, **keywords)
        self.assertEqual(thalweg.plane(f, x, points=np.array([3, 4])).loss.shape, (4, 3))
        self.assertEqual(thalweg.plane(f, x, points=np.float64(3)).loss.shape, (3, 3))
        with self.assertRaisesRegex(TypeError, r"plane\(\) got an unexpected keyword argument 'foo'"):
            thalweg.plane(f, x, foo=1)
        s = thalweg.plane(f, x, points=3)
        for keywords in ({"levels": 3}, {"levels": "a"}, {"limits": 3}, {"dpi": float("nan")}, {"azimuth": "a"},
                         {"path": 3}):
            self.assertRaises(thalweg.ArgumentError, s.plot, **keywords)
        self.assertRaises(thalweg.ArgumentError, thalweg.plot, 3)

    def test_paths(self):
        f, x = lambda x: float((x**2).sum()), np.array([1.0, 2.0])
        self.assert_line(thalweg.ArgumentError, "a path is wanted, not an int", thalweg.plane, f, x, file=3)
        self.assert_line(thalweg.ArgumentError, "zero byte", thalweg.plane, f, x, file="a\0b.h5")
        self.assert_line(thalweg.ArgumentError, "not None", thalweg.read, None)
        self.assert_line(thalweg.FileError, "No such file", thalweg.read, self.path("none.h5"))
        self.assert_line(thalweg.FileError, "is a folder", thalweg.read, self.folder)
        self.assert_line(thalweg.FileError, "No such file", thalweg.plane, f, x, trajectory=self.path("none.h5"))
        self.assert_line(thalweg.ArgumentError, "empty", thalweg.plane, f, x, trajectory=[])
        strange = os.fsdecode(os.fsencode(self.folder) + b"/\xff.h5")  # no text in UTF-8
        s = thalweg.plane(f, x, points=3, file=strange)
        np.testing.assert_array_equal(thalweg.read(strange).loss, s.loss)

    def test_arrays(self):
        f = lambda x: float((x**2).sum())
        masked = np.ma.array([1.0, 2.0], mask=[0, 1])
        self.assert_line(thalweg.ArgumentError, "masked", thalweg.gradient, f, masked)
        thalweg.gradient(f, np.ma.array([1.0, 2.0]))  # none of it is
        for function in (lambda x: np.ma.masked, lambda x: 10**400):
            self.assertRaises(thalweg.CallbackError, thalweg.gradient, function, [1.0, 2.0])
        part = lambda x: np.ma.masked_where(x > 1, x)
        self.assert_line(thalweg.CallbackError, "masked", thalweg.jacobian, part, [1.0, 2.0])
        self.assert_line(thalweg.ArgumentError, "same text", thalweg.gradient, lambda d: 1.0, {1: [1.0], "1": [2.0]})

        def ends(x):
            raise StopIteration
        self.assertRaises(StopIteration, thalweg.minimize, ends, [1.0, 2.0])

    def test_trajectory(self):
        with thalweg.record(self.path("t.h5"), np.zeros(2)) as recorder:
            for k in range(5):
                recorder.append([k, 2 * k])
        t = thalweg.read(self.path("t.h5"))
        self.assertEqual(t[1:4:2].tolist(), [[1, 2], [3, 6]])
        self.assertEqual((t[5:].shape, t[np.int64(2)].tolist()), ((0, 2), [2, 4]))
        self.assertRaises(TypeError, t.__getitem__, 1.5)

    def test_hessian_product(self):
        """A wrong Hessian product is not called a wrong gradient."""
        told = dict(hessian_product=lambda x, v: v)
        f, g, x = (lambda x: float((x**2).sum())), (lambda x: 2 * x), np.array([1.0, 2.0])
        self.assertIn("Hessian product", repr(thalweg.check_gradient(f, g, x, **told)))
        with self.assertRaisesRegex(AssertionError, "the Hessian product is wrong"):
            thalweg.assert_gradient(f, g, x, **told)


if __name__ == "__main__":
    main()
