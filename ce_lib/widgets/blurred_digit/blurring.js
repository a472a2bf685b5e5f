// A picture of 8 × 8 pixels blurred, and the logits of a linear model. Pure functions.

const SIDE = 8;

// A Gaussian of standard deviation sigma, in pixels; at an edge its weights are those inside.
export function blurred(pixels, sigma) {
  if (sigma < 0.02) return pixels; // e^(−1/2σ²) is 0; and below 1e-162 σ² is, which makes 0/0
  const near = Array.from({ length: SIDE }, (_, i) => {
    const weights = Array.from({ length: SIDE }, (_, j) => Math.exp(-((i - j) ** 2) / (2 * sigma ** 2)));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
  });
  const mixed = (get) => (a, b) => near[a].reduce((sum, w, k) => sum + w * get(k, b), 0);
  const down = mixed((k, column) => pixels[k * SIDE + column]);
  const both = mixed((k, row) => down(row, k));
  return pixels.map((_, at) => both(at % SIDE, Math.floor(at / SIDE)));
}

// z = xW + b, with one row of `weights` a pixel.
export const linear = (x, weights, bias) =>
  bias.map((b, k) => x.reduce((sum, v, j) => sum + v * weights[j][k], b));
