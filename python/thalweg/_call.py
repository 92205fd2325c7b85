"""Calls into the library, and callbacks out of it: exceptions, Ctrl-C, locks.

Every call that can fail goes through `run`, or through `quick` where nothing is called back. While C runs the interpreter's lock is free; a callback, which comes on
the thread that made the call, takes it.

* An exception in a callback is kept, the library is told that the callback failed, and when the call has returned
  the exception is raised as it was, with its own traceback.
* Ctrl-C: Python's handler raises wherever Python code happens to run, and in the first instruction of a callback
  nothing could catch it: ctypes would drop it. So for the time of a call a handler of ours stands before the one
  that is there: in a user's function it calls that at once, elsewhere it makes a note, and the next callback or
  question of the library ends the work, which saves what it has.
* HDF5 keeps state of its own and is called from one thread at a time. Calls that may open files hold a lock, which
  is free while a callback runs, as the interpreter's is while C does, and given to those who wait for it whenever the
  library asks whether to go on. A fork waits for it: the child would find HDF5's own lock taken for ever.
"""
import contextlib
import os
import signal
import threading
import time

try:
    from _signal import getsignal as _handler_of, signal as _handle  # without the enums of the module around them
except ImportError:
    from signal import getsignal as _handler_of, signal as _handle

from . import _c
from ._library import lib
from .errors import ArgumentError, error_of, in_python

_SIGINT = int(signal.SIGINT)
_here = threading.local()  # .stack: the calls of this thread that have not returned; .forking: it has the lock
_previous = None           # the handler of SIGINT before ours
_late = None               # what it was called with at the very ends of a call
_FORK = 10.0               # seconds that a fork waits for it


class _Lock:
    """A lock that knows whether somebody waits for it."""

    def __init__(self):
        self.lock, self.waiting = threading.RLock(), set()  # of threads

    def acquire(self, timeout=-1):
        if self.lock.acquire(blocking=False):
            return True
        thread = threading.get_ident()
        self.waiting.add(thread)
        try:
            return self.lock.acquire(timeout=timeout)
        finally:
            self.waiting.discard(thread)

    def release(self):
        self.lock.release()

    def let_go(self):
        """Lets those go first who wait."""
        if self.waiting:
            self.lock.release()
            time.sleep(0.001)
            self.acquire()


_files = _Lock()


class _Record:
    """A call under way: what its callbacks left behind."""

    __slots__ = ("exception", "signal", "in_user", "files")

    def __init__(self, files):
        self.exception = None  # of a callback
        self.signal = None     # what the handler was called with
        self.in_user = False   # a user's function runs
        self.files = files     # the lock of files is held


def _stack():
    try:
        return _here.stack
    except AttributeError:
        _here.stack = []
        return _here.stack


def _before_fork():
    """Waits until no other thread is in HDF5, whose own lock the child would find taken for ever: seconds at most, since
    a survey of a model of the library's keeps ours until its end."""
    _here.forking = _files.acquire(timeout=_FORK)


def _forked():
    if _here.forking:
        _files.release()


def _after_fork():
    global _files
    _files = _Lock()  # another thread of the parent may have held it


os.register_at_fork(before=_before_fork, after_in_parent=_forked, after_in_child=_after_fork)


def _on_interrupt(number, frame):
    """Calls the handler before ours in a user's function; else makes a note, so that nothing of ours is cut short."""
    global _late
    stack = _stack()
    if not stack:
        _late = (number, frame)
    elif not stack[-1].in_user:
        stack[-1].signal = (number, frame)
    elif callable(_previous):
        _previous(number, frame)


def _guard():
    """Puts our handler before the one of SIGINT; whether it did."""
    global _previous, _late
    if threading.current_thread() is not threading.main_thread():
        return False
    present = _handler_of(_SIGINT)
    if present is _on_interrupt or not callable(present):
        return False
    _previous, _late = present, None
    try:
        _handle(_SIGINT, _on_interrupt)
    except ValueError:  # another interpreter's main thread
        return False
    return True


def run(function, *arguments, files=False):
    """Calls a function of the library that answers a status, and raises what went wrong."""
    stack = _stack()
    record = _Record(files)
    guarded, held = not stack and _guard(), False
    try:
        stack.append(record)
        if files:
            held = _files.acquire()
        status = function(*arguments)
        text = lib.tw_message().decode(errors="replace") if status != _c.OK else ""
    finally:
        if held:
            _files.release()
        stack.pop()
        if guarded:
            _handle(_SIGINT, _previous)
    if guarded and _late is not None and record.signal is None:
        record.signal = _late
    if record.exception is None and record.signal is not None:
        try:
            (_previous or signal.default_int_handler)(*record.signal)
        except BaseException as interrupt:
            _tell(interrupt, text)
            raise
    if record.exception is not None:
        exception, record.exception = record.exception, None
        _tell(exception, text)
        try:
            raise exception
        finally:
            del exception
    if status != _c.OK:
        raise error_of(status, text)


def quick(function, *arguments):
    """The same for what is done at once: it calls nothing back and opens no file."""
    status = function(*arguments)
    if status != _c.OK:
        raise error_of(status, lib.tw_message().decode(errors="replace"))


def _tell(exception, text):
    """Adds the library's line where it says more than the exception: what was saved, and how to go on."""
    if " continues from there" in text and hasattr(exception, "add_note"):
        exception.add_note("thalweg: " + in_python(text).split("; ", 1)[-1])


def holding_files(function, *arguments):
    """Calls a function that answers no status and may touch a file."""
    answers = []
    run(lambda: answers.append(function(*arguments)) or _c.OK, files=True)
    return answers[0]


class Owner:
    """What owns memory of the library's, which is freed once: a copy of it is itself."""

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        raise TypeError(f"a {type(self).__name__.lstrip('_')} holds memory of this process and cannot be pickled")


@contextlib.contextmanager
def writing(path):
    """Refuses a file that a survey of this thread writes, in whose function we are: it would wait for itself."""
    files = _here.__dict__.setdefault("writing", [])
    path = None if path is None else os.path.realpath(path)
    if path is not None and path in files:
        raise ArgumentError(f"file: '{os.fsdecode(path)}' is being written by the survey that calls this function")
    files.append(path)
    try:
        yield
    finally:
        files.pop()


def stopped():
    """Whether the present call is to end: for the library's questions between pieces of work."""
    record = _stack()[-1]
    return record.exception is not None or record.signal is not None


def _failed(record, error):
    """Keeps the exception of a callback; the status that the library is answered."""
    record.exception = error
    interrupted = isinstance(error, KeyboardInterrupt)
    try:
        text = "interrupted" if interrupted else f"{type(error).__name__}: {error}".split("\n")[0]
    except Exception:  # it does not say what it is
        text = type(error).__name__
    status = _c.ERR_CANCELLED if interrupted else _c.ERR_CALLBACK
    lib.tw_fail(status, b"%s", text.encode(errors="replace"))
    return status


def user_callback(kind, function):
    """A callback of type `kind` that runs a user's function, and answers a status."""
    def callback(*arguments):
        record = _stack()[-1]
        if record.exception is not None or record.signal is not None:
            return lib.tw_fail(_c.ERR_CANCELLED, b"%s", b"interrupted")
        if record.files:
            _files.release()
        try:
            record.in_user = True
            function(*arguments)
            record.in_user = False
            status = _c.OK
        except BaseException as error:
            record.in_user = False  # before anything is called: nothing interrupts here
            status = _failed(record, error)
        if record.files:
            _files.acquire()
        return status

    return kind(callback)


def own_callback(kind, function, answers=True):
    """A callback of type `kind` that runs a function of ours, not to be interrupted: 1 to end the work."""
    def callback(*arguments):
        stack = _stack()
        if not stack:  # a call that nobody watches
            return 0 if answers else None
        record = stack[-1]
        if record.files:
            _files.let_go()  # the library may be waiting for what another thread has
        try:
            function(*arguments)
        except BaseException as error:
            if record.exception is None:
                record.exception = error
        return int(record.exception is not None or record.signal is not None) if answers else None

    return kind(callback)


def in_user(function, *arguments):
    """Runs a user's function from a callback of ours: Ctrl-C ends it at once."""
    record = _stack()[-1]
    if record.files:
        _files.release()
    try:
        record.in_user = True
        answer = function(*arguments)
        record.in_user = False
        return answer
    except BaseException:
        record.in_user = False
        raise
    finally:
        if record.files:
            _files.acquire()


#: A question of the library that only passes Ctrl-C on.
watch_progress = own_callback(_c.progress_fn, lambda *_: None)


def on_loan(take, work, give):
    """take(), work() and give(), the last whatever the others do. Ctrl-C can end the work alone; what comes while
    something is taken or given waits until it is done."""
    if not _stack():  # nobody has called the library
        answers = []
        run(lambda: answers.append(_on_loan(take, work, give)) or _c.OK)
        return answers[0]
    return _on_loan(take, work, give)


def _on_loan(take, work, give):
    record = _stack()[-1]
    was, record.in_user = record.in_user, False
    try:
        take()
        record.in_user = True
        answer = work()
        record.in_user = False
    except BaseException:
        record.in_user = False
        give()
        raise
    give()
    record.in_user = was
    return answer
