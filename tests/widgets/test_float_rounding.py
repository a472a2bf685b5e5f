"""The page rounds a number to a dtype as NumPy and torch do."""

import json
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

MODULE = pathlib.Path(__file__).parents[2] / "ce_lib/widgets/float_rounding.js"
NODE = shutil.which("node")
SCRIPT = """
const { round } = await import(process.argv[1]);
let text = ""; for await (const part of process.stdin) text += part;
const { dtype, xs } = JSON.parse(text);
console.log(JSON.stringify(xs.map((x) => {
  const r = round(x, dtype); return Object.is(r, -0) ? "-0.0" : String(r);
})));
"""


def inputs():
    """Sizes from subnormal to overflow, and 1,000 ties each of float16 and bfloat16."""
    rng = np.random.default_rng(5)
    wide = rng.choice([-1, 1], 2000) * 2.0 ** rng.uniform(-160, 135, 2000)
    near = rng.choice([-1, 1], 2000) * 2.0 ** rng.uniform(-28, 18, 2000)
    half = rng.integers(0, 0x7BFF, 1000).astype(np.uint16)
    lo, hi = half.view(np.float16), (half + np.uint16(1)).view(np.float16)
    f16 = (lo.astype(float) + hi.astype(float)) / 2
    brain = rng.integers(0, 0x7F7F, 1000).astype(np.uint32)
    lo, hi = (brain << 16).view(np.float32), ((brain + np.uint32(1)) << 16).view(np.float32)
    b16 = (lo.astype(float) + hi.astype(float)) / 2
    edges = [0.0, -0.0, 65504, 65519.99, 65520, 2.0**-25, 2.0**-24, 2.0**-134, 5e-324]
    # torch goes to bfloat16 by way of float32: only float32 inputs are rounded once there
    return np.concatenate([wide, near, f16, b16, edges])


@pytest.mark.skipif(NODE is None, reason="the rounding is JavaScript and needs node")
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_number_is_rounded_as_the_dtype_rounds_it(dtype):
    xs = inputs()
    with np.errstate(over="ignore", under="ignore"):
        if dtype == "bfloat16":
            torch = pytest.importorskip("torch", reason="NumPy has no bfloat16")
            xs = xs.astype(np.float32).astype(float)
            xs = xs[np.isfinite(xs)]
            want = torch.tensor(xs, dtype=torch.float32).to(torch.bfloat16).double().numpy()
        else:
            want = xs.astype(dtype).astype(float)
    out = subprocess.run(
        [NODE, "--input-type=module", "-e", SCRIPT, str(MODULE)],
        input=json.dumps({"dtype": dtype, "xs": xs.tolist()}),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    got = np.array([float(v) for v in json.loads(out.stdout)])
    assert len(got) >= 1000
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(want))
