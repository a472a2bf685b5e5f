import assert from "node:assert/strict";
import test from "node:test";
import { symbols_of } from "./figure.js";

test("what is no letter is a space, and spaces do not pile up", () => {
  assert.deepEqual(symbols_of("  Ab - c!"), [1, 2, 0, 3]);
  assert.deepEqual(symbols_of("¡9!"), []);
});
