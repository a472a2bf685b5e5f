// The land between the ridge and the valley, and the wire above it.

import { clip } from "../kit/chart.js";
import { line, mix } from "../kit/stage.js";

const SMOOTH = (t) => t * t * (3 - 2 * t);

// For a picture of width w whose land begins at height `top`: where the hut and the office stand
// (from, to), how low the land gets, the height of the land and of the wire at x, and their paths.
export function landscape(w, narrow, top) {
  const [from, to] = narrow ? [30, w - 34] : [66, w - 52];
  const low = top + (narrow ? 10 : 28);
  const hills = (x) => 3 * Math.sin(x / 41) + 2 * Math.sin(x / 17);
  const land = (x) => mix(top, low, SMOOTH(clip((x / w - 0.2) / 0.75, 0, 1))) + hills(x);

  const spans = Math.max(2, Math.round((to - from) / 190));
  const post = (i) => {
    const x = mix(from, to, i / spans);
    const at_house = i === 0 || i === spans;
    return [x, land(x) - (at_house ? 27 : narrow ? 30 : 36)];
  };
  const wire = (x) => {
    const u = clip(((x - from) / (to - from)) * spans, 0, spans - 1e-6);
    const [i, part] = [Math.floor(u), u % 1];
    return mix(post(i)[1], post(i + 1)[1], part) + (narrow ? 20 : 28) * part * (1 - part);
  };
  const pole = ([x, y]) => line([[x, land(x)], [x, y - 4]]) + line([[x - 5, y], [x + 5, y]]);
  const along = (height, a, z) => {
    const xs = Array.from({ length: 121 }, (_, i) => mix(a, z, i / 120));
    return line(xs.map((x) => [x, height(x)]));
  };

  const crest_path = along(land, 0, w);
  const below = `V${low + 22}Q${w * 0.7} ${low + 12} ${w * 0.4} ${low + 20}T0 ${low + 10}Z`;
  return {
    from,
    to,
    low,
    land,
    wire,
    crest_path,
    land_path: crest_path + below,
    wire_path: along(wire, from, to),
    poles_path: Array.from({ length: spans - 1 }, (_, i) => pole(post(i + 1))).join(""),
  };
}
