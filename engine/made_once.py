"""Things that take seconds to make, and seldom change, are kept beside the packages of npm."""

import os
import shutil
import tempfile
from pathlib import Path

from engine import ROOT

CACHE = ROOT / "node_modules" / ".cache"


def kept(name, make):
    """Return the folder of this name, which `make` fills if it is not there.

    The name must say what is in it: a hash of all that it comes from.
    """
    folder = CACHE / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        try:
            make(made)
            os.rename(made, folder)
        except OSError:
            if not folder.exists():  # else another build was faster
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return folder
