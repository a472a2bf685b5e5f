"""Runs in Pyodide (pack.mjs): writes a zip of compiled modules without compression."""

import _imp
import re
import site
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

# What a chapter, NumPy and Pyodide's own start never import. Network, mail, processes and windows
# do not exist in a page.
STANDARD = re.compile(
    r"(_pyio|_pyrepl|_sysconfigdata\w*emscripten.*x|antigravity|bdb|cProfile|cmd|code|concurrent/interp"
    r"|curses|dbm|doctest|email|ensurepip|fileinput|ftplib|getpass|http|idlelib|imaplib"
    r"|lib2to3|logging/(config|handlers)|mailbox|mimetypes|modulefinder|multiprocessing"
    r"|netrc|nturl2path|optparse|pdb|pickletools|plistlib|poplib|profile|pstats|pty|pyclbr|pydoc"
    r"|pydoc_data|rlcompleter|sched|shelve|smtplib|socketserver|sqlite3|ssl|tabnanny|tarfile|test"
    r"|this|tkinter|trace|tty|turtle|turtledemo|unittest/mock|urllib/robotparser|venv|webbrowser"
    r"|wsgiref|xml|xmlrpc|zipapp)(\.py|/)"
)
NUMPY = re.compile(
    r".*(/tests/|/include/|/f2py/|/testing/_private/extbuild|/distutils/|\.dist-info/|\.pyi$|\.pxd$"
    r"|\.h$|\.a$|\.lib$|\.ini$|/_pyinstaller/|conftest\.py$|lapack_lite|_examples/|meson)"
)


def pack(target, optimize, sources):
    """Pack the zip that lies beside the target, with the sources of the modules or without."""
    left_out = {"standard": STANDARD, "numpy": NUMPY}.get(target[1:-4])
    with (
        zipfile.ZipFile(target[:-4] + ".zip") as found,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made,
    ):
        for name in sorted(found.namelist()):
            if name.endswith("/") or (left_out and left_out.match(name)):
                continue
            data = found.read(name)
            if not name.endswith(".py") or sources:
                made.writestr(zipfile.ZipInfo(name), data)
            if name.endswith(".py"):
                made.writestr(zipfile.ZipInfo(compiled(name, sources)), pyc(data, name, optimize))


def compiled(name, sources):
    """The place of a compiled module: beside its source, or in its stead."""
    folder, _, file = name.rpartition("/")
    return (
        f"{folder}/__pycache__/{file[:-3]}.{sys.implementation.cache_tag}.pyc"
        if sources
        else f"{name}c"
    )


def pyc(source, name, optimize):
    """The compiled module, which Python does not compare with a source."""
    code = compile(
        source,
        f"{site.getsitepackages()[0]}/{name}",
        "exec",
        dont_inherit=True,
        optimize=optimize,
    )
    token = _imp.pyc_magic_number_token
    return bytes(_code_to_hash_pyc(code, _imp.source_hash(token, source), False))
