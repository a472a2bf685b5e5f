"""The files of results: where they are, how they are written, and on which machine."""

import importlib
import json
import os
import platform
from pathlib import Path

from engine import ROOT

RESULTS = ROOT / "benchmarks" / "results"


def machine():
    """Returns the facts about this machine that measured times depend on."""
    info = Path("/proc/cpuinfo")
    cpu = info.read_text("utf-8") if info.exists() else ""
    names = [line.split(": ")[1] for line in cpu.splitlines() if "model name" in line]
    linux = hasattr(os, "sched_getaffinity")
    return {
        "cpu": (names or [platform.processor()])[0],
        "cores": len(os.sched_getaffinity(0)) if linux else os.cpu_count(),
        "avx512": "avx512f" in cpu,
        "load when it began": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
    }


def version(module):
    """Returns the version of a module, or that there is none."""
    try:
        return importlib.import_module(module).__version__
    except ImportError:
        return "not installed"


def read(name):
    """Returns the results of a benchmark."""
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def write(report, file, depth=2):
    """Writes results: what is nested at most `depth` deep is a record, and each has one line."""
    file.write_text(_lines(report, depth) + "\n", "utf-8")


def _depth(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _lines(value, depth, indent="", root=True):
    if _depth(value) <= depth and not root:
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(name, ensure_ascii=False)}: {_lines(x, depth, inner, False)}"
            for name, x in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    lines = [inner + _lines(x, depth, inner, False) for x in value]
    return "[\n" + ",\n".join(lines) + f"\n{indent}]"
