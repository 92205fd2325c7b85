"""How far long work is: a line on a terminal, a bar in a notebook."""
import math
import sys
import time

from . import _c
from ._arrays import article
from ._call import in_user
from .errors import ArgumentError

_FIRST = 0.5  # seconds before anything is shown: short work says nothing
_EVERY = 0.1


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def _duration(seconds):
    seconds = int(round(seconds))
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02d}"
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


class _Line:
    """One line of a terminal, written again and again."""

    def __init__(self, stream):
        self.stream, self.width = stream, 0

    def show(self, text, share):
        bar = ""
        if not math.isnan(share):
            full = int(20 * share)
            bar = "[" + "#" * full + "." * (20 - full) + "] "
        line = bar + text
        self.stream.write("\r" + line.ljust(self.width))
        self.stream.flush()
        self.width = len(line)

    def end(self):
        if self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
            self.width = 0


class _Bar:
    """A bar in the output of a notebook's cell."""

    def __init__(self):
        from IPython.display import HTML, display
        self.html, self.display, self.handle = HTML, display, None

    def show(self, text, share):
        value = "" if math.isnan(share) else f" value='{share:.4f}'"
        html = self.html(f"<progress max='1'{value} style='width:20em;vertical-align:middle'></progress> "
                         f"<code>{text}</code>")
        if self.handle is None:
            self.handle = self.display(html, display_id=True)
        else:
            self.handle.update(html)

    def end(self):
        if self.handle is not None:
            self.handle.update(self.html(""))
            self.handle = None


class _Nothing:
    def show(self, text, share):
        pass

    def end(self):
        pass


class Progress:
    """What becomes of the library's reports of progress.

    `wanted` is None (shown on a terminal and in a notebook), True, False, or a function
    ``(label, done, total)``, which may raise to end the work.
    """

    def __init__(self, wanted):
        if not (wanted is None or isinstance(wanted, bool) or callable(wanted)):
            raise ArgumentError(f"progress: True, False or a function is wanted, not {article(wanted)}")
        self.user = wanted if callable(wanted) else None
        self.sink = _Nothing()
        if self.user is None and wanted is not False:
            if _in_notebook():
                self.sink = _Bar()
            elif wanted or (sys.stderr is not None and sys.stderr.isatty()):
                self.sink = _Line(sys.stderr)
        self.label = None
        self.began = self.shown = 0.0
        self.before = 0

    def report(self, label, done, total):
        if self.user is not None:
            if total:
                in_user(self.user, label, done, total)
            return
        now = time.monotonic()
        if total == 0:
            self.end()
            return
        if label != self.label:
            self.label, self.began, self.shown, self.before = label, now, now + _FIRST - _EVERY, done
        if now - self.shown < _EVERY:
            return
        self.shown = now
        share = done / total
        text = f"{label} {done}/{total}"
        if done > self.before:
            left = (now - self.began) * (total - done) / (done - self.before)
            text += f", {_duration(left)} left"
        self.sink.show(text, share)

    def end(self):
        self.sink.end()
        self.label = None


def study_callbacks(progress, said):
    """The calls of a tw_study: progress, what is said, and whether to end."""
    from ._call import own_callback

    def say(_, line):
        said.append(line.decode(errors="replace"))

    return {
        "say": own_callback(_c.study_say_fn, say, answers=False),
        "progress": own_callback(_c.study_progress_fn,
                                 lambda _, label, done, total: progress.report(label.decode(), done, total)),
        "interrupted": own_callback(_c.study_interrupted_fn, lambda _: None),
    }
