// One of a few distributions, or what a hand has made of one.

import { choice } from "../kit/frame.js";

const same = (a, b) => a.length === b.length && a.every((v, k) => Math.abs(v - b[k]) < 1e-9);

// `all` has [[id, text, value], …]. What is none of them is "yours", and stays there to come back to.
export function preset({ label, all, initial, input }) {
  let own = initial;
  const { root, update } = choice({
    label,
    options: [...all.map(([id, text]) => [id, text]), ["own", "yours"]],
    input: (id) => input(all.find((one) => one[0] === id)?.[2] ?? own),
  });
  return {
    root,
    update(value) {
      const found = all.find((one) => same(one[2], value));
      if (!found) own = value;
      update(found ? found[0] : "own");
    },
  };
}
