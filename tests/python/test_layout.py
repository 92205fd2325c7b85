"""Every struct, enum and function that the module declares is what the C compiler says of the headers."""
import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys

from support import Case, SOURCE, main, np
from thalweg import _c, gradcheck

CC = shlex.split(os.environ.get("CC", "cc"))
CLASSES = {"z": 1, "i": 1, "u": 1, "q": 1, "d": 8, "p": 5, "s": 5}
REAL = (ctypes.c_double,)
POINTERS = (ctypes.c_void_p, ctypes.c_char_p)


def class_of(kind):
    """What __builtin_classify_type says: 1 of integers, 8 of doubles, 5 of pointers and arrays, 12 of structs."""
    if issubclass(kind, ctypes.Array) or kind in POINTERS:
        return 5
    if issubclass(kind, ctypes.Structure):
        return 12
    return 8 if kind in REAL else 1


def structs():
    return {name: kind for name, kind in _c.STRUCTS.items() if not name.startswith("_")}


def source_text():
    lines = ["#include <stddef.h>", "#include <stdio.h>", "#include <thalweg/thalweg.h>",
             "extern size_t z; extern int i; extern unsigned u; extern unsigned long long q; extern double d;",
             "extern void *p; extern char *s;", "int main(void) {"]
    for name, kind in structs().items():
        lines.append(f'printf("struct {name} %zu\\n", sizeof({name}));')
        for field, _ in kind._fields_:
            lines.append(f'printf("field {name}.{field} %zu %zu %d\\n", offsetof({name}, {field}), '
                         f'sizeof((({name} *)0)->{field}), __builtin_classify_type((({name} *)0)->{field}));')
    for name in _c.ENUMS:
        lines.append(f'printf("enum {name} %d\\n", (int){name});')
    for name, form in _c.FUNCTIONS.items():
        answer, _, arguments = form.partition(" ")
        call = f"{name}({', '.join(arguments)})"
        if answer != "-":
            lines.append(f'printf("function {name} %d %zu\\n", __builtin_classify_type({call}), sizeof({call}));')
    return "\n".join(lines + ["return 0;", "}"])


def calls_text():
    """Calls with variables of the types that the module hands over: the compiler warns of none that is converted."""
    lines = ["#include <thalweg/thalweg.h>", "extern size_t z; extern int i; extern unsigned u;",
             "extern unsigned long long q; extern double d; extern void *p; extern char *s;", "void calls(void);",
             "void calls(void) {"]
    for name, form in _c.FUNCTIONS.items():
        lines.append(f"    (void){name}({', '.join(form.partition(' ')[2])});")
    return "\n".join(lines + ["}"])


class Layout(Case):
    def told(self):
        if shutil.which(CC[0]) is None:
            self.skipTest(f"there is no compiler '{CC[0]}'")
        program = self.path("layout")
        flags = ["-std=gnu17", f"-I{SOURCE}/include", "-Werror=conversion", "-Werror=sign-conversion",
                 "-Werror=int-conversion", "-Werror=incompatible-pointer-types"]
        for text, more in ((calls_text(), ["-c", "-o", self.path("calls.o")]), (source_text(), ["-o", program])):
            with open(self.path("text.c"), "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([*CC, *flags, self.path("text.c"), *more], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr[:3000])
        said = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        words = [line.split(" ") for line in said.splitlines()]
        return {" ".join(line[:2]): line[2:] for line in words}

    def test_all(self):
        told = self.told()
        self.assertGreater(len(told), 900)
        for name, kind in structs().items():
            size = int(told[f"struct {name}"][0])
            if _c.may_grow(name):
                self.assertGreaterEqual(size, ctypes.sizeof(kind), name)
            else:
                self.assertEqual(size, ctypes.sizeof(kind), name)
            for field, type_ in kind._fields_:
                member = getattr(kind, field)
                ours = [str(member.offset), str(ctypes.sizeof(type_)), str(class_of(type_))]
                theirs = told[f"field {name}.{field}"]
                theirs[2] = "1" if theirs[2] == "3" else theirs[2]  # an enum
                self.assertEqual(ours, theirs, f"{name}.{field}")
        for name, value in _c.ENUMS.items():
            self.assertEqual(told[f"enum {name}"], [str(value)], name)
        for name, form in _c.FUNCTIONS.items():
            answer = form.split(" ")[0]
            if answer == "-":
                continue
            kind = _c.STRUCTS.get(answer) or _c._TYPES[answer]
            said = told[f"function {name}"]
            said[0] = "1" if said[0] == "3" else said[0]
            size = said[1] if answer in _c.STRUCTS and _c.may_grow(answer) else str(ctypes.sizeof(kind))
            self.assertEqual(said, [str(class_of(kind)), size], name)

    def test_used(self):
        """Every function and struct that is declared is used somewhere."""
        text = ""
        for folder in ("python/thalweg", "tests/python"):
            for name in os.listdir(f"{SOURCE}/{folder}"):
                if name.endswith(".py") and name != "test_layout.py":
                    with open(f"{SOURCE}/{folder}/{name}", encoding="utf-8") as file:
                        text += file.read()
        called = set(re.findall(r"\b(?:lib|library)\.(tw_\w+)", text))
        self.assertEqual(sorted(set(_c.FUNCTIONS) - called), [])
        within = {kind.__name__ for struct in _c.STRUCTS.values() for _, field in struct._fields_
                  for kind in (field, getattr(field, "_type_", field)) if isinstance(kind, type)}
        answered = {form.split(" ")[0] for form in _c.FUNCTIONS.values()}
        mentioned = {"tw_" + name for name in re.findall(r"\b_c\.(\w+)", text)} | {"tw_gradcheck_entry"}
        self.assertEqual(sorted(set(structs()) - within - answered - mentioned), [])

    def test_entries(self):
        self.assertEqual(gradcheck._ENTRIES.itemsize, ctypes.sizeof(_c.gradcheck_entry))
        for ours, theirs in zip(gradcheck._ENTRIES.names, _c.gradcheck_entry._fields_):
            self.assertEqual(gradcheck._ENTRIES.fields[ours][1], getattr(_c.gradcheck_entry, theirs[0]).offset)

    def test_callbacks(self):
        """The types of callbacks have as many arguments as the headers say."""
        text = ""
        for name in ("objective", "jacobian", "run", "study", "study_model", "study_training", "trajectory_plane"):
            with open(f"{SOURCE}/include/thalweg/{name}.h", encoding="utf-8") as file:
                text += re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        wanted = {"value": _c.value_fn, "gradient": _c.gradient_fn, "hessian_products": _c.products_fn,
                  "complex_value": _c.complex_fn, "tw_residual_fn": _c.residual_fn, "tw_progress_fn": _c.progress_fn,
                  "say": _c.study_say_fn, "progress": _c.study_progress_fn, "interrupted": _c.study_interrupted_fn,
                  "sample_gradient": _c.sample_fn, "fewer": _c.fewer_fn, "test": _c.test_fn, "show": _c.show_fn}
        for name, kind in wanted.items():
            found = re.search(r"\(\*%s\)\(([^)]*)\)" % name, text)
            self.assertIsNotNone(found, name)
            arguments = found.group(1).split(",")
            self.assertEqual(len(arguments), len(kind._argtypes_), name)
            for said, ours in zip(arguments, kind._argtypes_):
                self.assertEqual("*" in said or "**" in said, ours in POINTERS, f"{name}: {said}")

    def test_version(self):
        with open(f"{SOURCE}/include/thalweg/version.h", encoding="utf-8") as file:
            version = re.search(r'TW_VERSION_STRING "(.*)"', file.read()).group(1)
        from thalweg import __version__
        self.assertEqual(version, __version__)
        self.assertEqual(np.intc().itemsize, 4)


if __name__ == "__main__":
    sys.exit(main())
