// Drives Firefox over WebDriver BiDi: a line of JSON says what to do, a line says what came of it.
// node firefox.mjs PATH-OF-FIREFOX

import readline from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.argv[2] });
const page = await browser.newPage();
const verbs = {
  goto: async (url) => void (await page.goto(url)),
  evaluate: (code) => page.evaluate(code),
  type: (text) => page.keyboard.type(text),
  press: (key) => page.keyboard.press(key),
};
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [verb, argument] = JSON.parse(line);
  const answer = await verbs[verb](argument).then((value = null) => ({ value }), (error) => ({ error: String(error) }));
  console.log(JSON.stringify(answer));
}
await browser.close();
