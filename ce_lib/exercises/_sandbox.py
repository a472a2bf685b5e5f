"""Runs the code of a learner: it may raise, print, loop for ever and change what it should not."""

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
import warnings

import numpy as np


class Stopped(BaseException):
    """The time was over."""


def run(function, cases, seconds):
    """Calls a function on a copy of each case, in a thread that is stopped when the time is over.

    A thread and not a signal or a process: it works in a notebook on every system, with functions
    that exist only there. What it cannot stop, a loop that catches everything or one inside C, it
    leaves behind.

    Args:
        function: of a learner.
        cases: argument tuples.
        seconds: for all of them together.

    Returns:
        What it returned for each case, or the exception that it raised there, Stopped from the one
        on that took too long; and the copies that it got, as it left them.
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
        thread = threading.Thread(target=silently, daemon=True)
        thread.start()
        thread.join(seconds)
        finished = outcomes[:] if thread.is_alive() else outcomes
        for _ in range(100):  # an answer may catch it, so it is sent again
            if not thread.is_alive():
                break
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped)
            )
            thread.join(0.01)
    return finished + [Stopped()] * (len(cases) - len(finished)), given


@contextlib.contextmanager
def preserved():
    """Puts back what code can change in passing: NumPy's state, its names, ours, the built-in."""
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
