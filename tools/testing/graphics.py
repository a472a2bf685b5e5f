"""Whether torch sees a GPU, told without importing torch, which takes seconds."""

import ctypes
import importlib.util
from pathlib import Path


def torch_sees_one():
    """Tells whether this torch is one for CUDA, on a machine that has it."""
    torch = importlib.util.find_spec("torch")
    if torch is None or "\ncuda: Optional[str] = None" in (
        Path(torch.origin).with_name("version.py").read_text("utf-8")
    ):
        return False
    try:
        return ctypes.CDLL("libcuda.so.1").cuInit(0) == 0
    except OSError:
        return False
