import assert from "node:assert/strict";
import test from "node:test";
import { link } from "../../engine/theme/js/link_builder.mjs";
import { answers, parse, record } from "../../engine/theme/js/progress.mjs";
import { index } from "../../engine/theme/js/search.mjs";
import { generator } from "./hostile.mjs";

const TIMES = 10_000;
globalThis.location = { pathname: "/chapters/entropy.html" }; // the page that an answer is of
const { next, whole, one, many, number, noise, damaged, WORDS } = generator(3);

// ---- progress -----------------------------------------------------------------------------------

const QUIZ = () => one(["quiz-a", "code-entropy-kl", "parsons-entropy-kl", `quiz-${noise()}`, one(WORDS), "__proto__"]);
const answer = () => ({ page: one(["entropy", one(WORDS)]), choice: one([whole(12), number(), 0]), right: next() < 0.5 });
const stored = () => ({ version: 1, answers: Object.fromEntries(many(whole(4), () => [QUIZ(), answer()])) });
const plain = () => ({ version: 1, answers: { "quiz-a": { page: "entropy", choice: 1, right: true } } });
const tree = (depth) =>
  depth === 0 || next() < 0.3
    ? one([null, true, whole(9), number(), noise(), one(WORDS)])
    : next() < 0.4
      ? many(whole(4), () => tree(depth - 1))
      : Object.fromEntries(many(whole(5), () => [one(["version", "answers", "page", "choice", "right", QUIZ()]), tree(depth - 1)]));
const text = () =>
  one([
    () => noise(), () => one(WORDS), () => JSON.stringify(tree(5)), () => JSON.stringify(stored()),
    () => JSON.stringify(plain()), () => damaged(JSON.stringify(plain())), () => damaged(JSON.stringify(stored())),
    () => JSON.stringify(plain()).replace("{", '{"__proto__":{"hostile":1},'),
    () => JSON.stringify(plain()).replace('"page"', '"__proto__":{"page":"x"},"page"'),
    () => JSON.stringify(plain()).replace('{"quiz-a"', '{"__proto__":{"right":true},"constructor":{},"quiz-a"'),
    () => (next() < 0.02 ? one(["[", '{"answers":', '{"version":1,"answers":{"quiz-a":']).repeat(20_000) : ""),
    () => (next() < 0.02 ? JSON.stringify({ ...plain(), more: "x".repeat(200_000) }) : "0"),
  ])();

const is_answer = (a) =>
  /^[a-z0-9-]+$/.test(a.page) && a.choice >= 0 && a.choice <= 9 && a.choice === Math.floor(a.choice) &&
  (a.right === true || a.right === false);

test("of ten thousand texts progress takes only names, small numbers and yes or no", () => {
  let taken = 0;
  for (let k = 0; k < TIMES; k++) {
    const given = text();
    const found = parse(given);
    if (found === null) continue;
    taken++;
    for (const [quiz, a] of Object.entries(found)) {
      assert.ok(/^(quiz|code|parsons)-[a-z0-9-]+$/.test(quiz) && Object.getPrototypeOf(a) === Object.prototype && is_answer(a), given);
    }
  }
  assert.ok(taken > TIMES / 20 && taken < TIMES / 2, String(taken));
  assert.equal({}.hostile, undefined);
});

test("whatever is stored, the next answer is kept and no earlier one is lost", () => {
  let kept = "";
  globalThis.localStorage = { getItem: () => kept, setItem: (_, written) => (kept = written) };
  for (let k = 0; k < TIMES; k++) {
    kept = text();
    const before = { ...answers() };
    record("quiz-new", 2, true);
    assert.deepEqual(answers(), { ...before, "quiz-new": { page: "entropy", choice: 2, right: true } });
  }
});

test("answers up to the limit are not lost by one more", () => {
  const one_of = (k) => [`quiz-${"x".repeat(50)}-${k}`, { page: "entropy", choice: 1, right: true }];
  for (const n of [900, 950, 970, 980, 990]) {
    let kept = JSON.stringify({ version: 1, answers: Object.fromEntries(many(n, (_, k) => one_of(k))) });
    while (parse(kept) === null) kept = kept.replace(/"quiz-x+-\d+":\{[^}]*\},/, "");
    globalThis.localStorage = { getItem: () => kept, setItem: (_, written) => (kept = written) };
    const before = Object.keys(answers()).length;
    for (let k = 0; k < 100; k++) record(`quiz-more-${k}`, 1, true);
    assert.ok(before > 0 && Object.keys(answers()).length >= before, `${n}: ${Object.keys(answers()).length}`);
  }
});

// ---- the form that makes links ------------------------------------------------------------------

const HOSTS = { colab: "colab.research.google.com", binder: "mybinder.org" };
const GOOD = "https://github.com/school/book";
const address = () => one([() => GOOD, () => damaged(GOOD), () => one(WORDS), () => noise(),
  () => `https://${one(WORDS)}/${one(WORDS)}/${one(WORDS)}`, () => "https://gitlab.com/a/b",
  () => one(["https://../../..", "https://a:b@c/d/e", "https://hub:1:2", "http://-/./..", "https://[::1]/a/b"]),
  () => `${one(["javascript", "data", "vbscript", "file", "\njavascript", "HTTPS"])}:${one([GOOD, "//x/y/z", "alert(1)"])}`])();
const branch = () => one([() => "", () => "main", () => one(WORDS), () => damaged("a/b"), noise])();

for (const where of ["colab", "binder", "hub"]) {
  test(`the form makes a link of ${where} or says what is wrong`, () => {
    let links = 0;
    for (let k = 0; k < TIMES; k++) {
      const hub = one([() => "https://hub.school.org", address])();
      const given = { where, repository: address(), branch: branch(), hub, path: "chapters/entropy.ipynb" };
      const { url, error } = link(given);
      if (!url) {
        assert.match(error, /^[A-Z].*\.$/su, JSON.stringify(given));
        continue;
      }
      links++;
      assert.match(url, /^https?:\/\/[\w.:/~?&=%!'()*-]+$/, JSON.stringify(given));
      const { host, protocol } = new URL(url);
      assert.equal(host, HOSTS[where] ?? new URL(hub).host, JSON.stringify(given));
      assert.ok(protocol === "https:" || (where === "hub" && protocol === "http:"));
    }
    assert.ok(links > 100, String(links));
  });
}

// ---- the search ---------------------------------------------------------------------------------

test("the search answers ten thousand queries with sections of the book", () => {
  const sections = ["pos_weight of a rare class", "a constructor of γ", "<b> 0.693 nan"].map((text, k) => (
    { number: 1, page: "Chapter", title: `Section ${k}`, url: `a.html#${k}`, index: "", keys: "", text, code: text }
  ));
  const find = index(sections);
  const urls = new Set(sections.map(({ url }) => url));
  let found = 0;
  for (let k = 0; k < TIMES; k++) {
    const query = one([noise, number, () => one(WORDS), () => damaged("pos_weight nan 0.693 γ"), () => many(9, noise).join(" ")])();
    const answer = find(query);
    found += answer.length;
    assert.ok(answer.every(({ url }) => urls.has(url)), query);
  }
  assert.ok(found > TIMES / 10, String(found));
  assert.equal(find("constructor")[0].url, "a.html#1");
});
