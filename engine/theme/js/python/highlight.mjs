// The colours of edited code, in the classes of Pygments, whose styles are in the page already.

const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|" +
  "global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield";
const TOKENS = [
  ["c1", /#.*/],
  ["s2", /[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)/],
  ["k", new RegExp(`\\b(?:${KEYWORDS})\\b`)],
  ["mf", /\b(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\b/],
  ["nb", /\b(?:abs|all|any|bool|dict|enumerate|float|int|len|list|max|min|print|range|round|set|sorted|str|sum|tuple|zip)\b/],
  ["n", /[A-Za-z_]\w*/],
];
const ANY = new RegExp(TOKENS.map(([, pattern]) => `(${pattern.source})`).join("|"), "g");

export function highlight(code) {
  const made = [];
  let at = 0;
  for (const found of code.matchAll(ANY)) {
    if (found.index > at) made.push(code.slice(at, found.index));
    const span = document.createElement("span");
    span.className = TOKENS[found.slice(1).findIndex((group) => group !== undefined)][0];
    span.textContent = found[0];
    made.push(span);
    at = found.index + found[0].length;
  }
  return [...made, code.slice(at)];
}
