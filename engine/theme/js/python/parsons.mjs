// A Parsons step: the lines of a solution and a few wrong ones are put in order by tap, by drag or
// by the arrow keys. Python is loaded at Check alone.

import { judge, solved } from "../progress.mjs";
import { able, cells, press } from "./cells.mjs";

const FAR = 6; // pixels that a pointer moves before it drags

class Step { // with the parts of a cell that run.mjs needs
  constructor(box) {
    this.box = box;
    this.exercise = box.dataset.exercise;
    this.original = box.dataset.answer;
    this.name = `the lines of ${this.exercise}`;
    [this.bank, this.answer] = box.querySelectorAll("ol");
    this.head = box.querySelector(".parsons-answer > code")?.textContent ?? "";
    this.home = [...this.bank.children];
    this.bar = box.querySelector(".cell-bar");
    [this.go, this.stop, this.again, this.copying] = this.bar.children;
    this.said = box.querySelector("output");
    const done = () => (box.querySelector(".parsons-solved").textContent = "✓ solved");
    if (solved(`parsons-${this.exercise}`)) done();
    this.judged = (right) => {
      judge(`parsons-${this.exercise}`, right);
      this.copying.hidden = !right;
      if (right) done();
    };

    for (const line of this.home) {
      line.firstChild.addEventListener("click", () => this.click(line));
      line.addEventListener("keydown", (event) => this.key(event, line));
      line.addEventListener("pointerdown", (event) => this.drag(event, line));
    }
    this.go.addEventListener("click", () => this.check());
    this.stop.addEventListener("click", () => press(this, "stop"));
    this.again.addEventListener("click", () => this.reset());
    this.copying.addEventListener("click", () => this.copy());
  }

  get text() {
    const body = [...this.answer.children].map((line) => "    ".repeat(this.depth(line)) + codeOf(line));
    return [this.head, ...body].filter(Boolean).join("\n");
  }

  depth(line) {
    return Number(line.firstChild.dataset.depth) + (this.head ? 1 : 0);
  }

  // The number of the first line whose indent cannot stand under the line above; 0 if all can.
  astray() {
    let [above, opens] = [0, this.head !== ""];
    const fits = (line) => {
      const depth = this.depth(line);
      const good = opens ? depth === above + 1 : depth <= above;
      [above, opens] = [depth, codeOf(line).endsWith(":")];
      return good;
    };
    return [...this.answer.children].findIndex((line) => !fits(line)) + 1;
  }

  // ---- moves ----
  taken(line) {
    return line.parentNode === this.answer;
  }

  put(line, before) { // into the answer
    this.answer.insertBefore(line, before);
  }

  back(line) { // to where it was in the bank
    const after = this.home.slice(this.home.indexOf(line) + 1).find((one) => !this.taken(one));
    this.bank.insertBefore(line, after ?? null);
  }

  moved(line) {
    const all = [...this.answer.children];
    const at = `Line ${all.indexOf(line) + 1} of ${all.length}`;
    this.said.textContent = `${this.taken(line) ? at : "Put back"}: ${codeOf(line)}`;
    this.again.hidden = all.length === 0 && !this.output;
    this.copying.hidden = true; // what was right has changed
    this.sure = false;
    line.firstChild.focus({ preventScroll: true });
  }

  click(line) {
    if (this.dragged) return;
    if (this.taken(line)) this.back(line);
    else this.put(line, null);
    this.moved(line);
  }

  key(event, line) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { previousElementSibling: above, nextElementSibling: below } = line;
    const next = { ArrowUp: above, ArrowDown: below }[event.key];
    if (event.key === "ArrowRight" && !this.taken(line)) this.put(line, null);
    else if (event.key === "ArrowLeft" && this.taken(line)) this.back(line);
    else if (next && this.taken(line)) this.put(line, next === above ? above : below.nextElementSibling);
    else {
      if (/^Arrow/.test(event.key)) event.preventDefault(); // the page stays where it is
      next?.firstChild.focus();
      return;
    }
    event.preventDefault();
    this.moved(line);
  }

  // A mouse drags a line anywhere, a finger by its dots.
  drag(start, line) {
    if (start.button !== 0 || (start.pointerType !== "mouse" && !start.target.closest(".parsons-grip"))) return;
    const place = [line.parentNode, line.nextElementSibling];
    const move = (event) => {
      if (event.pointerId !== start.pointerId) return;
      if (!this.dragged) {
        if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR) return;
        this.dragged = true;
        this.box.setPointerCapture(event.pointerId); // the line itself loses it when it moves
        line.firstChild.classList.add("dragged");
      }
      this.follow(line, event.clientY);
    };
    const end = (event) => {
      if (event.pointerId !== start.pointerId) return;
      over.abort();
      line.firstChild.classList.remove("dragged");
      if (!this.dragged) return;
      setTimeout(() => (this.dragged = false)); // after the click that may follow
      if (event.type === "pointercancel") place[0].insertBefore(line, place[1]);
      else this.moved(line);
    };
    const over = new AbortController();
    for (const [name, call] of Object.entries({ pointermove: move, pointerup: end, pointercancel: end })) {
      this.box.addEventListener(name, call, { signal: over.signal });
    }
  }

  follow(line, y) {
    if (y < this.answer.parentNode.getBoundingClientRect().top) {
      if (this.taken(line)) this.back(line);
      return;
    }
    const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    const below = [...this.answer.children].find((one) => one !== line && middle(one) > y) ?? null;
    if (!this.taken(line) || line.nextElementSibling !== below) this.put(line, below);
  }

  // ---- buttons ----
  check() {
    const astray = this.astray();
    this.checked = this.text; // while Python runs lines may move
    if (this.answer.hasChildNodes() && !astray) return press(this, "check");
    this.said.textContent = astray
      ? `Line ${astray} cannot stand under the line above it: see how far each is indented.`
      : "Take a line first.";
  }

  reset() {
    for (const line of this.home) this.bank.append(line);
    this.restore?.();
    this.shown = false;
    this.again.hidden = this.copying.hidden = true;
    this.said.textContent = "All lines are back.";
    this.home[0].firstChild.focus();
  }

  copy() {
    const cell = cells.find((one) => one.exercise === this.exercise);
    if (cell.text !== cell.original && cell.text !== this.checked && !this.sure) {
      this.sure = true;
      this.said.textContent = "This replaces what you wrote below. Press again to do it.";
      return;
    }
    this.sure = false;
    cell.set(this.checked);
    cell.typed(); // so that it is kept
    this.said.textContent = "The lines are in the cell below.";
  }
}

const codeOf = (line) => line.querySelector("code").textContent;

for (const box of document.querySelectorAll(".parsons")) {
  if (able) new Step(box);
  else box.hidden = true; // nothing could check the lines
}
