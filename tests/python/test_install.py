"""The module as it is installed: by meson, and as a wheel in a fresh virtual environment, without network."""
import os
import subprocess
import sys
import unittest

from support import Case, SOURCE, main

SAY = ("import thalweg, numpy as np; from thalweg import library_path; "
       "g = thalweg.gradient(lambda x: (x**2).sum(), np.ones(2)); "
       "print(thalweg.__file__, library_path, np.abs(g.value - 2).max() < 1e-9, sep='\\n')")


class Installed(Case):
    def environment(self, **more):
        kept = {name: text for name, text in os.environ.items() if name not in ("THALWEG_LIBRARY", "PYTHONPATH")}
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **more}

    def run_it(self, *command, **environment):
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder,
                              env=self.environment(**environment))
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout[-1500:]} {done.stderr[-1500:]}")
        return done.stdout.splitlines()

    @unittest.skipUnless(os.environ.get("THALWEG_BUILD"), "no build folder is named")
    def test_meson(self):
        stage = self.path("stage")
        self.run_it("meson", "install", "-C", os.environ["THALWEG_BUILD"], "--no-rebuild", "--quiet", DESTDIR=stage)
        found = [folder for folder, _, names in os.walk(stage) if os.path.basename(folder) == "thalweg" and
                 "_library.py" in names]
        self.assertEqual(len(found), 1)
        self.assertIn("py.typed", os.listdir(found[0]))
        said = self.run_it(sys.executable, "-c", SAY, PYTHONPATH=os.path.dirname(found[0]))
        self.assertTrue(said[0].startswith(stage) and said[1].startswith(stage), said)
        self.assertEqual(said[2], "True")

    def test_wheel(self):
        """A copy of the python folder alone: nothing of the clone is found from there but by the environment."""
        venv, copy = self.path("venv"), self.path("python")
        self.run_it(sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", venv)
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode != 0:
            self.skipTest("there is no pip")
        subprocess.run(["cp", "-r", f"{SOURCE}/python", copy], check=True)
        library = os.environ.get("THALWEG_LIBRARY") or f"{SOURCE}/build/libthalweg.so"
        python = os.path.join(venv, "bin", "python")
        self.run_it(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--quiet", "--no-deps",
                    "--disable-pip-version-check", "--no-cache-dir", copy, THALWEG_LIBRARY=library)
        said = self.run_it(python, "-c", SAY)
        self.assertTrue(said[0].startswith(venv) and said[1].startswith(venv), said)
        self.assertEqual(said[2], "True")
        shown = self.run_it(sys.executable, "-m", "pip", "--python", python, "show", "thalweg")
        self.assertIn("Requires: numpy", shown)
        none = subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", "--no-index", copy],
                              capture_output=True, text=True, env=self.environment(THALWEG_LIBRARY="/nowhere.so"))
        self.assertIn("THALWEG_LIBRARY names '/nowhere.so', which is not there", none.stdout + none.stderr)


if __name__ == "__main__":
    main()
