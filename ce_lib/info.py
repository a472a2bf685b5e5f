"""The versions of the backends, and whether the GPU kernel runs."""

import sys

import numpy as np


def backends():
    """The backends that can compute here, by name.

    Returns:
        NumPy's version and, once torch is imported, torch's version. Under "fused" stands Triton's
        version with the device on which its kernel computes loss and gradient, or the reason why
        plain torch does.

    Example:
        >>> ce.backends()["numpy"] == np.__version__
        True
    """
    found = {"numpy": np.__version__}
    if torch := sys.modules.get("torch"):
        found["torch"] = torch.__version__
        found["fused"] = _fused(torch)
    return found


def _fused(torch):
    if not torch.cuda.is_available():
        return "no: torch sees no CUDA device, plain torch computes"
    import importlib.metadata  # its 20 ms are spent only if there is a GPU

    try:
        version = importlib.metadata.version("triton")
    except importlib.metadata.PackageNotFoundError:
        return "no: Triton is not installed, plain torch computes"
    return f"Triton {version} on {torch.cuda.get_device_name()}"
