// In each page before its own scripts: what benchmarks/website/speed.py asks of it.

(() => {
  const paints = { lcp: 0, shifts: [] };
  const observe = (type, entry) =>
    new PerformanceObserver((list) => list.getEntries().forEach(entry)).observe({ type, buffered: true });
  observe("largest-contentful-paint", (entry) => (paints.lcp = entry.startTime));
  observe("layout-shift", (entry) => entry.hadRecentInput || paints.shifts.push(entry));

  // The largest sum of a session: shifts less than 1 s apart, 5 s at most.
  function layoutShift() {
    let [worst, sum, first, last] = [0, 0, 0, -Infinity];
    for (const { value, startTime } of paints.shifts) {
      if (startTime - last > 1000 || startTime - first > 5000) [sum, first] = [0, startTime];
      last = startTime;
      worst = Math.max(worst, (sum += value));
    }
    return worst;
  }

  // The elements that moved, and how far: they explain a layout shift.
  const shifted = () =>
    paints.shifts
      .map(({ value, startTime, sources }) => ({
        value,
        at: Math.round(startTime),
        moved: sources.map(({ node }) => {
          const element = node?.nodeType === 1 ? node : node?.parentElement;
          return element ? `${element.localName}.${element.className?.baseVal ?? element.className}` : "gone";
        }),
      }))
      .sort((a, b) => b.value - a.value)
      .slice(0, 3);

  // After the frame that is being made has been painted: a rAF callback runs before style, layout
  // and paint, a message posted from it is the first task after them.
  const painted = () =>
    new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (done(performance.now()), port1.close());
      port2.postMessage(0);
    });

  // From the key's own time stamp to the end of the first frame in which the figure has changed.
  const answer = (figure) =>
    new Promise((done) => {
      let pressed = null;
      addEventListener("keydown", (event) => (pressed ??= event.timeStamp), { capture: true, once: true });
      const changes = new MutationObserver(() => {
        if (pressed === null) return;
        changes.disconnect();
        requestAnimationFrame(async () => done((await painted()) - pressed));
      });
      const all = { subtree: true, childList: true, characterData: true, attributes: true };
      changes.observe(figure, all);
    });

  // The main thread's work for each of `times` inputs, one a frame: the handler, and the frame's
  // callbacks, style, layout and paint.
  async function repaints(control, times) {
    const work = [];
    for (let i = 0; i < times; i++) {
      await new Promise(requestAnimationFrame);
      await painted(); // between two frames, where a browser hands out input
      const begun = performance.now();
      let frame;
      const end = new Promise((done) =>
        requestAnimationFrame(() => {
          frame = performance.now();
          painted().then(done);
        }),
      );
      operate(control, i);
      const handled = performance.now() - begun;
      work.push(handled + (await end) - frame);
    }
    return work;
  }

  // The next input to a control, as its reader would give it.
  function operate(control, i) {
    if (control.type === "range" || control.type === "number") {
      const [low, high, steps] = [Number(control.min), Number(control.max), 50]; // up, then down
      const at = (steps - Math.abs((i % (2 * steps)) - steps)) / steps;
      control.value = (low + (high - low) * at).toFixed(4);
      control.dispatchEvent(new Event("input", { bubbles: true }));
      if (control.type === "number") control.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (control.type === "radio") {
      const group = document.getElementsByName(control.name);
      group[i % group.length].click();
    } else if (control.localName === "select") {
      control.selectedIndex = i % control.options.length;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (control.type === "text" || control.localName === "textarea") {
      control.value = control.value.slice(0, 60) + "abcdefgh"[i % 8];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    } else control.click();
  }

  const firstPaint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  window.measured = { paints, firstPaint, layoutShift, shifted, answer, repaints };
})();
