// What a number becomes when it is stored in a dtype: to nearest, ties to even,
// with subnormals and overflow to infinity.  Pure functions; the float microscope reads them.

// bits: significand with the hidden bit; emin: exponent of the smallest normal number.
const FORMATS = {
  float16: { bits: 11, emin: -14, max: 65504 },
  bfloat16: { bits: 8, emin: -126, max: (2 - 2 ** -7) * 2 ** 127 },
};

const halfEven = (x) => {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
};

function exponent(x) {
  // log2 may be off by one beside a power of two
  let e = Math.floor(Math.log2(x));
  if (2 ** e > x) e -= 1;
  else if (2 ** (e + 1) <= x) e += 1;
  return e;
}

export function round(x, dtype) {
  if (dtype === "float64") return x;
  if (dtype === "float32") return Math.fround(x);
  const format = FORMATS[dtype];
  if (!format) throw new RangeError(`no dtype ${dtype}`);
  const size = Math.abs(x);
  if (!Number.isFinite(x) || x === 0) return x;
  // float64 numbers below 2**-1000 are far below every subnormal here
  if (size < 2 ** -1000) return Math.sign(x) * 0;
  const step = 2 ** (Math.max(exponent(size), format.emin) - format.bits + 1);
  const rounded = halfEven(size / step) * step;
  return Math.sign(x) * (rounded > format.max ? Infinity : rounded);
}
