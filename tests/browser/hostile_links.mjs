// Reads hostile links as a page does (cells.mjs) and says what each would show; QUERIES and SEED.

import { generator } from "../widgets/hostile.mjs";
import { fromLink } from "../../engine/theme/js/python/cells.mjs";

const [count, seed] = process.argv.slice(2).map(Number);
const { next, whole, one, many, number, noise, damaged, WORDS } = generator(seed);
const cells = [
  { runs: true, exercise: "", original: "import numpy as np" },
  { runs: false, exercise: "", original: "figures.show()" },
  { runs: true, exercise: "", original: "q = 0.25\nfor i in range(3):\n    p = [1, 2]\nprint(q)\nq_ = 2" },
  { runs: true, exercise: "an-exercise", original: "def f(x):\n    ..." },
];
const coded = (text) => Buffer.from(text).toString("base64url");
const code = () => one([
  () => coded(one(cells).original), () => coded(noise()), () => coded(one(WORDS)), () => one(WORDS), noise,
  () => coded(`${one(WORDS)}\n${one(WORDS)}`), () => coded("x".repeat(whole(9000))), () => coded(`q = 1${one(WORDS)}`),
  () => coded(damaged(cells[2].original)), () => damaged(coded("print(1)")), () => "",
])();
const mostly = (good, bad) => (next() < 0.7 ? good() : bad());
const name = () => mostly(() => one(["q", "p", "q_"]), () => one(["print", "q\n", one(WORDS)]));
const value = () => one([number, () => `[${many(whole(4), number).join(", ")}]`, () => one(WORDS), noise])();
const escaped = (text) => one([encodeURIComponent, (it) => it])(text.toWellFormed());
const link = () => {
  const where = mostly(() => "2", () => one(["1", "3", "0", "-1", "999", "1e0", "٢", ""]));
  const carried = one(["", () => `.${code()}`, () => `.${code()}`, () => one(["?", "/", ":"]) + code()]);
  const pairs = many(whole(3), () => `${escaped(name())}=${escaped(value())}`);
  const made = [`#run=${where}${carried && carried()}`, ...pairs].join("&");
  return mostly(() => made, () => one([made.slice(1), damaged(made), noise()]));
};
const made = many(count, link).map((hash) => {
  const found = fromLink(hash, cells);
  return found && { hash, cell: cells.indexOf(found.cell), text: found.text };
});
console.log(JSON.stringify({ cells: cells.map((cell) => cell.original), shown: made.filter(Boolean) }));
