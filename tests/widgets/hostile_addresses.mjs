// Addresses made to break the figures: reads {figures: [{key, module, initial}], queries, seed} from
// stdin, has each figure read that many of them, and prints per figure what it let through.
// Throws, with the address, where a figure throws or lets through what it does not read again.

import assert from "node:assert/strict";
import { fromAddress } from "../../ce_lib/widgets/kit/host.js";
import { generator } from "./hostile.mjs";

const { figures, queries, seed } = JSON.parse(await new Response(process.stdin).text());

const { next, whole, one, many, number, noise, WORDS, damaged } = generator(seed);
const shares = (n) => {
  const cuts = [0, ...many(n - 1, next).sort((a, b) => a - b), 1];
  return many(n, (_, i) => cuts[i + 1] - cuts[i]).join(",");
};
const value = (like) =>
  one([
    number, number, noise, () => one(WORDS), () => damaged(String(like)), () => String(like),
    () => many(whole(7), number).join(","), () => shares(1 + whole(6)),
    () => many(whole(like?.length * 2 || 4), () => String((next() - 0.5) * 12)).join(","),
    () => (next() < 0.002 ? many(20_000, number).join(",") : number()),
  ])();
const name = (key, traits) =>
  one([
    () => `${key}.${one(traits)}`, () => `${key}.${one(traits)}`, () => `${key}.${one(traits)}`,
    () => `${key}.${one(traits)}`, () => `${key}.${one(["__proto__", "constructor", "initial", "", "labels", "models"])}`,
    () => one(["", "__proto__", key, `${key}-2.${one(traits)}`, `${key}.${one(traits)}.x`, noise()]),
  ])();
// As a browser would write it, or with what no browser writes.
const written = (text) =>
  next() < 0.8
    ? encodeURIComponent(text.toWellFormed())
    : text.replace(/[&#+]/g, "").replaceAll(" ", () => one(["+", "%20", "%", "%zz", "%ed%a0%80", "%00"]));

const results = {};
for (const { id, key, module, initial } of figures) {
  const { valid = {} } = await import(`../../ce_lib/widgets/${module}/figure.js`);
  const traits = [...Object.keys(valid), ...(Object.keys(valid).length ? [] : ["guess"])];
  const passed = {};
  const made = many(queries, () =>
    many(1 + whole(3), () => {
      const wanted = name(key, traits);
      return `${written(wanted)}=${written(value(initial[wanted.slice(key.length + 1)]))}`;
    }).join("&"),
  );
  let values = 0;
  for (const query of made) {
    values += query.split("&").length;
    try {
      const read = fromAddress(`?${query}`, { key, valid, initial });
      assert.equal(Object.getPrototypeOf(read), Object.prototype);
      for (const [trait, found] of Object.entries(read)) {
        assert.ok(Object.hasOwn(valid, trait), trait);
        const again = fromAddress(`?${key}.${trait}=${encodeURIComponent(String(found))}`, { key, valid, initial });
        assert.deepEqual(JSON.stringify(again), JSON.stringify({ [trait]: found })); // as a copied link has it
        const said = new URLSearchParams(query).getAll(`${key}.${trait}`);
        const decimal = (text) => /^\s*[+-]?[\d.]+(e[+-]?\d+)?\s*$/i.test(text) && Number(text) === found;
        assert.ok(typeof found !== "number" || said.some(decimal), trait);
        (passed[trait] ??= new Set()).add(JSON.stringify(found));
      }
    } catch (error) {
      throw new Error(`${id} with ?${query.slice(0, 500)}`, { cause: error });
    }
  }
  assert.equal(Object.prototype.hostile, undefined);
  const lists = Object.entries(passed).map(([trait, all]) => [trait, [...all].map((v) => JSON.parse(v))]);
  const taken = lists.flatMap(([trait, all]) => all.map((v) => `${key}.${trait}=${encodeURIComponent(String(v))}`));
  results[id] = { traits: Object.keys(valid), values, passed: Object.fromEntries(lists), taken, made: made.slice(0, 100) };
}
process.stdout.write(JSON.stringify(results));
