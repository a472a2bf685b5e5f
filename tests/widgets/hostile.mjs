// What somebody might put where a number or a name belongs; the same on every run of one seed.

const MARKUP = [
  "<x-hostile>", "<img src=x onerror=hostile=1 data-hostile>", "\"><script>hostile=1</script>",
  "' data-hostile='", "javascript:hostile=1", "</style><x-hostile>", "&lt;x-hostile&gt;", "]]><x-hostile>",
];
const WORDS = [
  "", " ", "true", "false", "null", "undefined", "NaN", "Infinity", "-Infinity", "-0", "0x10", "0b11", "0o7",
  "1_000", "5n", "1e", "e5", "+5", "5.", ".5", "--5", "1e999", "1e-999", "1e-200", "5e-324", "٣", "５", "½", "１.５",
  "__proto__", "constructor", "hasOwnProperty", "toString", "valueOf", "length", "[]", "{}", "[object Object]",
  "bits", "nats", "linear", "log", "ce", "mse", "float16", "bfloat16", "float32", "float64", ...MARKUP,
  "\0", "\u202e", "\ud800", "a\udc00b", "👩‍👩‍👧‍👦", "İ", "ß", "\r\n", "１", " 3 ", "0.5\u2028", "abc",
];

export function generator(seed) {
  let state = seed;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const whole = (n) => Math.floor(next() * n);
  const one = (list) => list[whole(list.length)];
  const many = (n, make) => Array.from({ length: n }, make);
  const number = () =>
    one([
      () => String(whole(12)), () => String((next() - 0.5) * 20), () => next().toFixed(2), () => String(-whole(9)),
      () => String((next() - 0.5) * 10 ** (whole(600) - 300)), () => String(whole(2000)), () => one(WORDS),
      () => "9".repeat(whole(400)), () => `0.${"0".repeat(whole(400))}1`, () => (next() * 0.5).toExponential(),
      () => one(["2", "10", "100", "1000", "50257", "0.1", "0.01", "0.001", "1", "0"]),
    ])();
  const noise = () => String.fromCharCode(...many(whole(30), () => whole(65536)));
  const damaged = (text) => {
    const at = whole(text.length + 1);
    return text.slice(0, at) + one([one(WORDS), noise(), "", ",", "%", "-", "0"]) + text.slice(at + whole(3));
  };
  return { next, whole, one, many, number, noise, damaged, WORDS };
}
