// What the figure says and what its data tables hold.

import { ENOUGH, MEMORY, PASSAGE, price, shannon } from "./letters.js";

export const fixed = (bits) => (bits === Infinity ? "∞" : bits.toFixed(1));
const B = (bits) => `<b class="loss">${fixed(bits)}</b>`;
const spoken = (letter) => (letter === " " ? "a <b>space</b>" : `<b>${letter}</b>`);

export function sentence(view) {
  const memory = `<b class="q">memory of ${MEMORY[view.order]}</b>`;
  return view.kind === "own" ? ofOwn(view, memory) : ofStory(view, memory);
}

function ofOwn({ text, length, prices: [alone], means }, memory) {
  if (length < 2) return "Your own text, then: each letter gets its price as you type.";
  if (means[0] === Infinity) {
    const never = text[alone.indexOf(Infinity)];
    return `One page of the story has no <b>${never}</b>: by <b class="q">letters alone</b> this costs ${B(Infinity)}. The ${memory} keeps a little back for what it has not seen, and pays ${B(means[1])}.`;
  }
  const gap = means[0] - means[1];
  const verdict = gap > 0.3 ? "This reads like the story." : gap > -0.1 ? "Memory hardly helps here." : "Memory makes it dearer: it had expected other words.";
  return `${B(means[0])} bits a letter for <b class="q">letters alone</b>, ${B(means[1])} with a ${memory}. ${verdict}`;
}

function ofStory({ text, length, ranks, tried, prices: [alone, memories, mine], means, order }, memory) {
  const said = ranks.filter(Boolean).length;
  const last = ranks[length - 1];
  const letter = text[length - 1];
  if (tried) {
    const list = [...tried].map(spoken).join(", not ");
    return `Not ${list}. ${tried.length < 3 ? "The longer you guess, the more this letter costs you." : "You did not see this one coming, and that is what a high price means."}`;
  }
  if (length >= PASSAGE) {
    const you = means[2] === null ? "." : `, and you ${B(means[2])}.`;
    return `The passage is over. Letters alone paid ${B(means[0])} bits a letter, the ${memory} ${B(means[1])}${you}`;
  }
  if (!length) return "Nothing has been read yet. Which letter comes first?";
  if (!said || (!last && said < ENOUGH)) {
    return `Know only <b class="q">how often letters come</b>, and a letter costs ${B(means[0])} bits. Remember <b class="q">${MEMORY[order]}</b>, and it costs ${B(means[1])}. And you? What comes next?`;
  }
  if (said < ENOUGH) {
    const how = last === 1 ? "at the first guess" : last === 2 ? "at the second guess" : `at guess ${last}`;
    const start = spoken(letter).replace(/^a /, "A ");
    const i = length - 1;
    return `${start}, ${how}: ${B(mine[i])} bits for you, ${B(memories[i])} for the ${memory}, ${B(alone[i])} for letters alone.`;
  }
  const won = means[1] - means[2];
  const verdict = won > 0.05 ? `That you know whole words is worth ${B(won)}.` : "So far it guesses better than you.";
  return `${said} letters: you pay ${B(means[2])} bits each, the ${memory} ${B(means[1])}. ${verdict}`;
}

export function tables({ text, length, ranks, prices: [alone, memory, mine], means, order, source, kind }) {
  const said = ranks.filter(Boolean);
  const bits = (v) => (v === null ? "–" : v === Infinity ? "∞" : v.toFixed(2));
  const read = source === "page" ? "one page" : "the whole story";
  const rows = [
    ["letters alone", bits(means[0]), `their shares in ${read}`],
    [`memory of ${MEMORY[order]}`, bits(means[1]), `what followed what in ${read}`],
  ];
  if (kind === "story") rows.push(["you", bits(means[2]), "the number of each guess, in a code that learns your habits"]);
  if (said.length) {
    const [low, high] = shannon(said);
    rows.push(["Shannon's bounds for you", `${bits(low)} to ${bits(high)}`, "too low after few letters"]);
  }
  rows.push(["all 27 alike", bits(price(1 / 27)), "nothing known"]);
  return [
    { head: ["who expects", "bits a letter", "what it knows"], rows },
    {
      head: ["letter", "letters alone (bits)", "memory (bits)", "you (bits)", "your guess"],
      rows: [...text.slice(0, length)].map((letter, i) => [
        letter === " " ? "␣" : letter,
        bits(alone[i]),
        bits(memory[i]),
        bits(mine[i]),
        ranks[i] ? String(ranks[i]) : "–",
      ]),
    },
  ];
}
