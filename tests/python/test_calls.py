"""Callbacks: exceptions with their own traceback, Ctrl-C, threads, fork, use within use."""
import contextlib
import copy
import gc
import io
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import types
import unittest.mock


from support import Case, SOURCE, main, np, thalweg


def square(x):
    return float((x**2).sum())


class Exceptions(Case):
    def test_traceback(self):
        class Mine(Exception):
            pass

        def deep(x):
            raise Mine("from deep inside")

        def f(x):
            return deep(x) if x[0] > 1.0 else square(x)
        for call in (lambda: thalweg.gradient(f, [1.0, 2.0]), lambda: thalweg.plane(f, [0.5, 1.0], points=7),
                     lambda: thalweg.minimize(f, [2.0, 1.0], "adam", gradient=lambda x: 2 * x),
                     lambda: thalweg.spectrum(square, [2.0, 1.0], hessian_product=lambda x, v: deep(x)),
                     lambda: thalweg.jacobian(lambda x: deep(x) if x[0] != 1 else x, [1.0, 2.0]),
                     lambda: thalweg.check_gradient(square, deep, [1.0, 2.0])):
            try:
                call()
                self.fail("no exception")
            except Mine as error:
                names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
                self.assertEqual((names[-1], error.__context__), ("deep", None))
        self.assertEqual(thalweg.gradient(square, [1.0]).fun, 1.0)  # nothing lingers

    def test_silent(self):
        class Silent(Exception):
            def __str__(self):
                raise RuntimeError

        def f(x):
            raise Silent
        with self.assertRaises(Silent):
            thalweg.gradient(f, [1.0])

    def test_other_ends(self):
        for kind in (SystemExit, GeneratorExit, MemoryError, StopIteration):
            def f(x, kind=kind):
                raise kind("x")
            with self.assertRaises(kind):
                thalweg.gradient(f, [1.0])

    def test_progress_and_rows(self):
        def stops(*_):
            raise RuntimeError("enough")
        with self.assertRaisesRegex(RuntimeError, "enough"):
            thalweg.plane(square, [1.0, 2.0], points=5, progress=stops)
        with self.assertRaisesRegex(RuntimeError, "enough"):
            thalweg.minimize(square, [1.0, 2.0], "adam", gradient=lambda x: 2 * x, callback=stops)
        seen = []
        thalweg.plane(square, [1.0, 2.0], points=5, progress=lambda *told: seen.append(told))
        self.assertEqual(seen[0], ("plane", 0, 25))
        self.assertEqual(seen[-1], ("plane", 25, 25))


class Continued(Case):
    def counting(self, stop=None, error=None):
        calls = []

        def f(x):
            calls.append(1)
            if stop is not None:
                time.sleep(0.015)  # a batch is half a second's work
                if len(calls) > stop:
                    error()
            return square(x)
        return f, calls

    def test_after_an_exception(self):
        def fails():
            raise RuntimeError("out of cheese")
        path, x = self.path("plane.h5"), np.array([0.5, 1.0, 2.0])
        f, _ = self.counting(60, fails)
        with self.assertRaisesRegex(RuntimeError, "out of cheese") as caught:
            thalweg.plane(f, x, points=11, file=path, seed=3)
        notes = getattr(caught.exception, "__notes__", ["points, and the same call continues"])
        self.assertIn("points, and the same call continues", notes[0])
        done = int((thalweg.read(path).computed > 0).sum())
        self.assertGreater(done, 20)
        f, calls = self.counting()
        whole = thalweg.plane(f, x, points=11, file=path, seed=3)
        self.assertEqual(whole.continued, done)
        self.assertLess(len(calls), 121 - done + 10)
        np.testing.assert_array_equal(whole.loss, thalweg.plane(square, x, points=11, seed=3).loss)
        self.assert_line(thalweg.ArgumentError, "point_hash", thalweg.plane, square, x + 1, points=11, file=path, seed=3)

    def test_ctrl_c(self):
        """In a function of Python's, at once, with what was done saved."""
        path, x = self.path("plane.h5"), np.array([0.5, 1.0, 2.0])
        f, calls = self.counting(60, lambda: os.kill(os.getpid(), signal.SIGINT))
        before = signal.getsignal(signal.SIGINT)
        with self.assertRaises(KeyboardInterrupt):
            thalweg.plane(f, x, points=11, file=path, seed=3)
        self.assertLessEqual(len(calls), 62)
        self.assertIs(signal.getsignal(signal.SIGINT), before)
        self.assertGreater((thalweg.read(path).computed > 0).sum(), 20)
        self.assertEqual(thalweg.plane(self.counting()[0], x, points=11, file=path, seed=3).computed.min(), 1)

    def test_ctrl_c_in_c(self):
        """While the library computes alone."""
        path = self.path("plane.h5")
        m = thalweg.model("mlp:60", "synthetic:1000", seed=1)
        timer = threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT))

        def progress(_, done, total):
            if done and timer.ident is None:
                timer.start()
        with self.assertRaises(KeyboardInterrupt):
            thalweg.plane(m, points=401, file=path, seed=3, progress=progress)
        timer.join()
        some = thalweg.read(path)
        done = (some.computed > 0).sum()
        self.assertTrue(0 < done < some.computed.size)

    def test_ctrl_c_without_progress(self):
        """Where nothing is called back for seconds, the threads of the library are asked."""
        for threads in (1, 2):
            m = thalweg.model("mlp:60", "synthetic:10000", seed=1, threads=threads)
            timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
            began = time.monotonic()
            with self.assertRaises(KeyboardInterrupt):
                timer.start()
                thalweg.gradient(m, m.x)  # minutes
            self.assertLess(time.monotonic() - began, 30)
            self.assertTrue(np.isfinite(m()))  # what was cut short is not used again

    def test_many_interrupts(self):
        """Whichever instruction it comes in, an interrupt is neither lost nor leaves the interpreter in disorder."""
        caught = 0
        gc.collect()  # an interrupt in a finalizer is Python's to lose
        for k in range(40):
            def f(x):
                return square(x)
            old = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0005 + 0.00011 * k)
                for _ in range(100000):
                    thalweg.gradient(f, np.ones(20), method="central")
            except KeyboardInterrupt:
                caught += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, old)
        self.assertEqual(caught, 40)
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)


class Shown(Case):
    """What is shown of long work: on a terminal, in a notebook, elsewhere nothing."""

    def surveyed(self, **how):
        """Short work, shown as if it were long."""
        from thalweg import progress
        with unittest.mock.patch.multiple(progress, _FIRST=0.0, _EVERY=0.0):
            thalweg.plane(square, [1.0, 2.0, 3.0], points=21, **how)

    def test_terminal(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True
        shown = Terminal()
        with contextlib.redirect_stderr(shown):
            self.surveyed()
        text = shown.getvalue()
        self.assertRegex(text, r"\r\[#+\.+\] plane \d+/441, \d:\d\d left")
        self.assertTrue(text.endswith("\r") and text.split("\r")[-2].strip() == "")  # and it is gone
        for stream, how in ((Terminal(), {"progress": False}), (io.StringIO(), {})):
            with contextlib.redirect_stderr(stream):
                self.surveyed(**how)
            self.assertEqual(stream.getvalue(), "")

    def test_notebook(self):
        shown = []

        class ZMQInteractiveShell:
            pass

        class Handle:
            def update(self, html):
                shown.append(html)
        display = types.ModuleType("IPython.display")
        display.HTML, display.display = str, lambda html, display_id: shown.append(html) or Handle()
        ipython = types.ModuleType("IPython")
        ipython.get_ipython, ipython.display = ZMQInteractiveShell, display
        with unittest.mock.patch.dict(sys.modules, {"IPython": ipython, "IPython.display": display}):
            self.surveyed()
        self.assertRegex(shown[0], r"<progress max='1' value='\d\.\d+'.*plane \d+/441")
        self.assertEqual(shown[-1], "")


class AtOnce(Case):
    def test_within(self):
        def f(x):
            inner = thalweg.derivative(lambda t: np.exp(t * x[0]), 0.0)  # x[0]
            return inner.value**2
        np.testing.assert_allclose(thalweg.gradient(f, [1.5]).value, [3.0], rtol=1e-6)

        def inner_fails(x):
            try:
                thalweg.gradient(lambda y: 1 / 0, x)
            except ZeroDivisionError:
                return square(x)
        np.testing.assert_allclose(thalweg.gradient(inner_fails, [1.5]).value, [3.0], rtol=1e-8)

    def test_threads(self):
        f = thalweg.Objective(square, gradient=lambda x: 2 * x)
        m = thalweg.model("softmax", "synthetic:60", threads=2)
        wrong = []

        def work(k):
            try:
                for _ in range(5):
                    x = np.full(3, float(k))
                    assert np.allclose(thalweg.gradient(f, x).value, 2 * x, atol=1e-8)
                    s = thalweg.plane(f, x, points=4, file=self.path(f"{k}.h5"), restart=True, seed=k)
                    assert np.array_equal(thalweg.read(self.path(f"{k}.h5")).loss, s.loss)
                    m.gradient(m.x)
                    with_error = thalweg.Objective(lambda x: 1 / 0)
                    try:
                        with_error(x)
                    except ZeroDivisionError:
                        continue
                    raise AssertionError("no exception")
            except BaseException as error:
                wrong.append(error)
        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_files_while_a_callback_waits(self):
        """A function that waits for a thread that reads a file does not wait for ever."""
        thalweg.plane(square, [1.0, 2.0], points=3, file=self.path("a.h5"))

        def f(x):
            thread = threading.Thread(target=thalweg.read, args=(self.path("a.h5"),))
            thread.start()
            thread.join(60)
            self.assertFalse(thread.is_alive())
            return square(x)
        thalweg.plane(f, [1.0, 2.0], points=3, file=self.path("b.h5"))

    def test_fork(self):
        """A child has no threads of its parent's, and no lock that one of them held."""
        m = thalweg.model("mlp:30", "synthetic:300", threads=2)
        loss = m()
        held, let_go = threading.Event(), threading.Event()

        def holds(*_):
            held.set()
            let_go.wait()
        thread = threading.Thread(target=lambda: thalweg.plane(m, points=3, progress=holds))
        thread.start()
        held.wait()
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            good = m() == loss and thalweg.gradient(square, [1.0]).fun == 1.0
            thalweg.plane(square, [1.0, 2.0], points=3, file=self.path("child.h5"))
            os._exit(0 if good else 1)
        let_go.set()
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        thread.join()

    def test_fork_while_files_are_written(self):
        """HDF5 has a lock of its own, which no child must find taken."""
        done, failed = threading.Event(), []

        def writes():
            try:
                while not done.is_set():
                    thalweg.plane(square, [1.0, 2.0], points=5, file=self.path("a.h5"), restart=True)
            except BaseException as error:
                failed.append(error)
        thread = threading.Thread(target=writes)
        thread.start()
        for k in range(25):
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                thalweg.plane(square, [1.0, 2.0], points=3, file=self.path(f"child{k}.h5"))
                os._exit(0)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        done.set()
        thread.join()
        self.assertEqual(failed, [])

    def test_one_file(self):
        """Two surveys of one file: the second waits for the first, which must be able to end; within each other: told."""
        script = textwrap.dedent("""
            import sys, threading, thalweg
            def f(x):
                return float((x**2).sum())
            def survey(k):
                s = thalweg.plane(f, [1.0, 2.0], points=11, file=f"{sys.argv[1]}/{k}.h5")
                sys.stdout.write(f"{s.loss.shape}\\n")
            for k in range(6):
                threads = [threading.Thread(target=survey, args=(k,)) for _ in range(3)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            """)
        done = subprocess.run([sys.executable, "-c", script, self.folder], capture_output=True, text=True, timeout=300,
                              env={**os.environ, "PYTHONPATH": f"{SOURCE}/python"})
        self.assertEqual((done.stdout, done.stderr), ("(11, 11)\n" * 18, ""))

        def within(x):
            thalweg.plane(square, x, points=3, file=self.path("b.h5"))
        self.assert_line(thalweg.ArgumentError, "is being written by", thalweg.plane, within, [1.0, 2.0], points=3,
                         file=self.path("b.h5"))

    def test_waiting_is_interrupted(self):
        """Ctrl-C ends the wait for a file that another thread's survey writes."""
        began, go_on = threading.Event(), threading.Event()

        def holds(x):
            began.set()
            go_on.wait(60)
            return square(x)
        thread = threading.Thread(target=thalweg.plane, args=(holds, [1.0, 2.0]),
                                  kwargs=dict(points=3, file=self.path("a.h5")))
        thread.start()
        began.wait()
        try:
            with self.assertRaises(KeyboardInterrupt):
                threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
                thalweg.plane(holds, [1.0, 2.0], points=3, file=self.path("a.h5"))
        finally:
            go_on.set()
            thread.join()
        self.assertEqual(thalweg.plane(holds, [1.0, 2.0], points=3, file=self.path("a.h5")).continued, 9)

    def test_copies(self):
        """What owns memory of the library's frees it once."""
        found = [thalweg.check_gradient(square, lambda x: 2 * x, [1.0]), thalweg.model("softmax", "synthetic:20"),
                 thalweg.step_sweep(np.exp, 1.0), thalweg.plane(square, [1.0, 2.0], points=3),
                 thalweg.spectrum(square, [1.0, 2.0], hessian_product=lambda x, v: 2 * v)]
        for result in found:
            said = repr(result)
            self.assertEqual([repr(copy.copy(result)), repr(copy.deepcopy(result))], [said, said])
            gc.collect()
            self.assertEqual(repr(result), said)
            if result is not found[1]:
                again = pickle.loads(pickle.dumps(result))
                self.assertEqual((repr(again), str(again)), (said, str(result)))
        for result in (found[0], found[2], found[4]):  # their figures are of the library's memory
            again = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(result))))
            self.assert_line(thalweg.UnsupportedError, "pickled", again.plot)
            self.assertIsNone(again._repr_png_())
        check = pickle.loads(pickle.dumps(found[0]))
        self.assert_line(thalweg.FileError, "cannot write", check.save, self.path("none/a.json"))
        self.assert_line(thalweg.ArgumentError, "path: a path is wanted", check.save, 3)
        for name in ("a.json", "a.csv"):
            check.save(self.path(name))
            found[0].save(self.path("b" + name))
            with open(self.path(name), "rb") as ours, open(self.path("b" + name), "rb") as theirs:
                self.assertEqual(ours.read(), theirs.read())
        with self.assertRaisesRegex(TypeError, "cannot be pickled"):
            pickle.dumps(found[1])

    def test_collection(self):
        """The collector may run at any instant."""
        script = textwrap.dedent("""
            import gc, numpy as np, thalweg
            gc.set_threshold(1)
            def f(x):
                gc.collect(0)
                return float((x**2).sum())
            s = thalweg.plane(f, np.ones(5), points=5)
            thalweg.spectrum(f, np.ones(3), gradient=lambda x: 2 * x, product="differences")
            print(s.loss.shape)
            """)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": f"{SOURCE}/python"})
        self.assertEqual((done.stdout, done.stderr), ("(5, 5)\n", ""))


if __name__ == "__main__":
    main()
