"""One suite, three backends: the GPU is only a parameter that skips itself, with its reason."""

import numpy as np
import pytest

try:
    import torch
except ImportError:
    torch = None


class Backend:
    """How a test makes an array of this backend, and reads one."""

    def __init__(self, device=None):
        self.device = device

    def array(self, x, dtype=None):
        """``x`` with that dtype (a name); floats are float64, integers int64 unless said."""
        x = np.asarray(x)
        dtype = dtype or {"f": "float64", "i": "int64", "b": "bool"}[x.dtype.kind]
        if self.device is None:
            return x.astype(dtype)
        flat = torch.tensor(x.reshape(-1).tolist(), dtype=getattr(torch, dtype))
        return flat.reshape(x.shape).to(self.device)

    def numpy(self, x):
        if self.device is None:
            return np.asarray(x)
        x = x.detach().cpu()
        return (x.float() if x.dtype == torch.bfloat16 else x).numpy()

    def dtype_name(self, x):
        return str(x.dtype).removeprefix("torch.")


@pytest.fixture(params=["numpy", "torch-cpu", "torch-cuda"])
def backend(request):
    if request.param == "numpy":
        return Backend()
    if torch is None:
        pytest.skip("torch is not installed")
    if request.param == "torch-cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    return Backend(request.param.removeprefix("torch-"))
