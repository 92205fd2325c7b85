"""The pictures of the documents are those that `make gallery` makes, by the commands that the documents show.
pictures.py SOURCE [fault]: with a fault the documents or the list are spoilt first, and the answer must be 1."""
import pathlib
import re
import sys

# the report of tests/plot/gradcheck_samples.c, which has one entry of every kind, as no command has; drawn by test_plot_gradcheck
OTHERWISE = {"gradcheck.png"}


def plain(text):
    """Lines that go on are joined, blanks are one."""
    return re.sub(r"\s+", " ", re.sub(r"\\\n", " ", text))


def commands(script):
    """What is typed: `run '...'`, with the shell's way of an apostrophe."""
    return [line.replace("'\"'\"'", "'") for line in re.findall(r"^ *run '(.*)'$", script, re.M)]


def complaints(script, texts, images):
    shown = plain("\n".join(texts.values()))
    for command in commands(script):
        if plain(command) not in shown:
            yield f"tools/gallery runs what no document shows: {command}"
    made = set(re.findall(r"\S+\.(?:png|gif)", " ".join(re.findall(r"^ *made (.*)$", script, re.M))))
    for image in sorted(images - made - OTHERWISE):
        yield f"docs/images/{image} is not made by tools/gallery"
    used = {name for text in texts.values() for name in re.findall(r"images/([\w.-]+)\)", text)}
    for image in sorted(images - used):
        yield f"docs/images/{image} is in no document"
    for image in sorted(used - images):
        yield f"docs/images/{image} is shown and is not there"


def main():
    source, fault = pathlib.Path(sys.argv[1]), (sys.argv[2:] or [None])[0]
    script = (source / "tools/gallery").read_text()
    texts = {path: path.read_text() for path in [source / "README.md", *(source / "docs").glob("*.md")]}
    images = {path.name for path in (source / "docs/images").iterdir()}
    if fault == "command":
        script += "\nrun 'thalweg plane nobody-shows-this'\n"
    elif fault == "picture":
        images.add("new.png")
    elif fault == "gone":
        images.remove("steps.png")
    found = list(complaints(script, texts, images))
    print("\n".join(found))
    if not commands(script):
        sys.exit("no commands in tools/gallery")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
