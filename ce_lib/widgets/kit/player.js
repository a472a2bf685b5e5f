// Play, pause and step: starts only when asked, and stops when the figure is out of sight.

import { button } from "./frame.js";

// `advance(n)` takes n steps, `finished()` says that none is left, `save()` keeps where it stands.
export function player({ root, advance, finished, save }) {
  let id = 0;
  const play = button("Play", () => (id ? stop() : start()));
  play.classList.add("ce-play");
  const step = button("Step", () => {
    stop();
    if (!finished()) advance(1);
    save();
  });
  function start() {
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) return tick();
    while (!finished()) advance(0); // at once where the way there is
    save();
  }
  function tick() {
    if (finished()) return stop();
    advance(0); // the figure's own pace
    play.textContent = "Pause";
    id = requestAnimationFrame(tick);
  }
  function stop() {
    if (!id) return;
    cancelAnimationFrame(id);
    id = 0;
    play.textContent = "Play";
    save();
  }
  const seen = new IntersectionObserver(([entry]) => entry.isIntersecting || stop());
  seen.observe(root);
  const close = () => {
    cancelAnimationFrame(id);
    seen.disconnect();
  };
  return { buttons: [play, step], stop, close };
}
