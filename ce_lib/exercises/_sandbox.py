"""Runs a learner's code, which may raise, print, loop for ever or change what it should not."""

import builtins
import contextlib
import copy
import ctypes
import inspect
import io
import math
import random
import sys
import threading
import time
import warnings

import numpy as np

THREADS = sys.platform != "emscripten"  # Python in a page has none


class Stopped(BaseException):
    """The time was up."""


def run(function, cases, seconds):
    """Calls a function on a copy of each case, and stops it when the time is up.

    It runs in a thread, because that works in a notebook on every system, with functions that exist
    only there; a signal or a process does not. A loop that catches every exception, or one in C,
    cannot be stopped so, and goes on in the background. In a page, which has no threads, it goes on
    until the page stops the whole cell.

    Args:
        function: a learner's function.
        cases: argument tuples.
        seconds: time limit for all cases together.

    Returns:
        For each case the result or the exception, and Stopped from the case on that took too long;
        then the copies of the cases, after the calls.
    """
    given, outcomes = copy.deepcopy(cases), []

    def work():
        try:
            for case in given:
                try:
                    outcomes.append(function(*case))
                except Stopped:
                    return
                except BaseException as error:  # sys.exit() is one
                    outcomes.append(error)
        except Stopped:  # between two cases
            return

    def silently():  # NumPy's errstate belongs to a thread, so it is set in this one
        with np.errstate(all="ignore"):
            work()

    with preserved(), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        finished = (in_thread if THREADS else traced)(silently, outcomes, seconds)
    return finished + [Stopped()] * (len(cases) - len(finished)), given


def in_thread(work, outcomes, seconds):
    """Calls `work`, stops it when the time is up, and returns the outcomes until then."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    finished = outcomes[:]
    for _ in range(100):  # an answer may catch it, so it is sent again
        if not thread.is_alive():
            break
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped)
        )
        thread.join(0.01)
    return finished


def traced(work, outcomes, seconds):
    """The same without a thread: `work` is stopped between two of its lines."""
    end, before, finished = time.monotonic() + seconds, sys.gettrace(), None

    def watch(frame, event, argument):
        nonlocal finished
        if time.monotonic() > end:
            finished = finished if finished is not None else outcomes[:]
            raise Stopped
        return watch

    sys.settrace(watch)
    try:
        work()
    except Stopped:  # outside the calls
        pass
    finally:
        sys.settrace(before)
    return outcomes if finished is None else finished


@contextlib.contextmanager
def preserved():
    """Restores afterwards what code can change by accident: NumPy's state, and names in modules."""
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] == "ce_lib"]
    modules = [np, np.random, np.linalg, math, random, builtins, *ours]
    names = [dict(vars(module)) for module in modules]
    states = np.random.get_state(), random.getstate(), np.get_printoptions(), np.geterr()
    try:
        yield
    finally:
        for module, before in zip(modules, names, strict=True):
            for name in set(vars(module)) - set(before):
                if not inspect.ismodule(vars(module)[name]):  # one imported meanwhile stays
                    delattr(module, name)
            vars(module).update(before)
        np.random.set_state(states[0])
        random.setstate(states[1])
        np.set_printoptions(**states[2])
        np.seterr(**states[3])
