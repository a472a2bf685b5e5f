"""Runs one submission in its own process and reports what its answers return.

It reads a pickled job from its standard input and writes one line of JSON per step to its standard
output. It judges nothing: the solutions are in the other process, and the ce_lib that a submission
imports here has none. A step that takes too long ends the process.

An audit hook (PEP 578) refuses other programs, the network, and files outside Python's own folders
and the working folder. It stops what a student might try. It does not stop an attacker.
"""

import contextlib
import copy
import ctypes  # noqa: F401  (imported before the hook, which would refuse its import)
import faulthandler
import importlib.util
import json
import os
import pickle
import sys
import types
import warnings
from pathlib import Path

import numpy as np

REFUSED = (
    *("ctypes.", "os.exec", "os.fork", "os.kill", "os.posix_spawn", "os.spawn", "os.startfile"),
    *(
        "os.system",
        "pty.",
        "socket.",
        "subprocess.",
        "winreg.",
        "webbrowser.",
        "signal.pthread_kill",
    ),
)
WRITING = (
    *("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"),
    *("os.symlink", "os.truncate", "os.utime", "os.setxattr", "os.removexattr"),
)
READING = ("os.listdir", "os.scandir", "os.chdir")
LARGEST = 1_000_000  # numbers in an answer


def main():
    job = pickle.load(sys.stdin.buffer)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.path[:] = [job["library"], *(p for p in sys.path if p not in job["hidden"])]
    import ce_lib  # noqa: F401  (imported before the hook, with all that it imports)

    words = module_of(job["words"])
    limit_resources()

    def tell(**step):
        print(json.dumps(step), file=out, flush=True)

    @contextlib.contextmanager
    def step(**what):
        tell(begins=what)
        faulthandler.dump_traceback_later(job["seconds"], exit=True, file=nowhere)
        yield
        faulthandler.cancel_dump_traceback_later()

    seen = set()

    def check(name, answer=..., *, seed=None):
        """Takes the place of ce.check: runs the answer on the hidden cases."""
        if name not in job["cases"] or name in job["skipped"]:
            return None
        seen.add(name)
        with step(check=name):
            came = results(answer, job["cases"][name], words)
        tell(check=name, **came)

    stub = types.ModuleType("ce_lib.exercises")
    stub.check, stub.hint = check, lambda name: None
    sys.modules["ce_lib.exercises"] = stub
    refuse(job["library"])
    names = {"__name__": "__main__"}
    for at, source in enumerate(job["cells"]):
        if at in job["skipped"]:
            continue
        with step(cell=at):
            try:
                exec(compile(source, f"cell {at + 1}", "exec"), names)
            except BaseException as error:  # sys.exit() is one
                tell(cell=at, error=words.error_text(error))
    for name, called in job["called"].items():
        if name not in seen and called in names:
            check(name, names[called])  # the student removed the line with the check
    tell(finished=True)
    os._exit(0)  # also where the submission left threads running


def module_of(path):
    """Imports a file by its path: its package is not importable here."""
    spec = importlib.util.spec_from_file_location("words", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def results(answer, cases, words):
    """An answer's value; or, for a function, its results and the arguments after each call."""
    if words.nothing(answer):
        return {"nothing": True}
    if cases is None or not callable(answer):
        return {"value": portable(answer, words)}
    calls = []
    for case in cases:
        given = copy.deepcopy(case)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                came = portable(answer(*given), words)
        except BaseException as error:
            came = {"error": words.error_text(error)}
        came["given"] = [portable(argument, words) for argument in given]
        calls.append(came)
    return {"calls": calls}


def portable(value, words):
    """A value in JSON: the name of its type, and its numbers if it has any."""
    said = {"type": str(type(value).__name__)[:60]}
    array = words.numbers(value)
    if array is not None and array.size <= LARGEST:
        said |= {"shape": list(array.shape), "numbers": array.ravel().tolist()}
    return said


def limit_resources():
    """Limits memory and the size of files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, most in ((resource.RLIMIT_AS, 8 << 30), (resource.RLIMIT_FSIZE, 64 << 20)):
        with contextlib.suppress(ValueError, OSError):  # a lower limit holds already
            resource.setrlimit(what, (most, most))


def refuse(library):
    """Refuses programs, the network, and files outside Python's folders and this folder."""
    here = os.path.realpath(os.getcwd())
    read = (here, *(os.path.realpath(p) for p in (library, sys.prefix, sys.base_prefix)))
    read += tuple(p for p in sys.path if "site-packages" in p)
    real, join, descriptor = os.path.realpath, os.path.join, int

    def inside(path, folders):
        if isinstance(path, descriptor) or path is None:
            return True
        path = real(os.fsdecode(path))
        return path == os.devnull or any(path == f or path.startswith(join(f, "")) for f in folders)

    def hook(event, arguments):
        if event == "open":
            path, _, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            if not inside(path, (here,) if writes else read):
                raise PermissionError(f"a submission may not open {path}")
        elif event.startswith(WRITING):
            if not all(inside(p, (here,)) for p in arguments if isinstance(p, str | bytes | Path)):
                raise PermissionError(f"a submission may not call {event} there")
        elif event in READING:
            if not inside(arguments[0] if arguments[0] is not None else ".", read):
                raise PermissionError(f"a submission may not call {event} there")
        elif event.startswith(REFUSED):
            raise PermissionError(f"a submission may not call {event}")

    sys.addaudithook(hook)


if __name__ == "__main__":
    main()
