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
import warnings

import numpy as np


class Stopped(BaseException):
    """The time was up."""


def run(function, cases, seconds):
    """Calls a function on a copy of each case, in a thread that is stopped when the time is up.

    A thread, because it works in a notebook on every system, with functions that exist only there;
    a signal or a process does not. It cannot stop a loop that catches every exception, or one in C;
    such a loop goes on in the background.

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
