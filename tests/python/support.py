"""What the tests of the module share. Importing it ends the program with 77, "skipped", where NumPy is absent."""
import os
import shutil
import sys
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "python"))
sys.dont_write_bytecode = True
try:
    import numpy as np
except ImportError:
    print("skipped: there is no NumPy")
    sys.exit(77)
import thalweg


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def assert_line(self, kind, words, function, *arguments, **keywords):
        """An exception of this kind, with these words, in one line."""
        with self.assertRaises(kind) as caught:
            function(*arguments, **keywords)
        said = str(caught.exception)
        self.assertIn(words, said)
        self.assertNotIn("\n", said)
        return caught.exception

    def assert_within(self, value, truth, error, slack=1.0):
        """Every entry is within its error bar of the truth."""
        value, truth, error = (np.asarray(item, dtype=float) for item in (value, truth, error))
        off = np.abs(value - truth)
        self.assertTrue(np.all(off <= slack * error), f"off by {off.max()}, bars {error}")


def main():
    unittest.main(verbosity=1)


__all__ = ["Case", "SOURCE", "main", "np", "thalweg", "unittest"]
