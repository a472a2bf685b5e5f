// Steps beside a figure: on a phone they are cards, and the one that is swiped into place moves the
// figure, as a press on its link does.

const REST = 120; // milliseconds without motion

for (const cards of document.querySelectorAll(".steps > :is(ol, ul)")) {
  const links = [...cards.children].map((card) => card.querySelector(".ce-set"));
  let timer = 0;
  let at = 0;
  cards.addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(arrive, REST);
  }, { passive: true });

  function arrive() {
    const gone = cards.scrollWidth - cards.clientWidth; // of the way from the first to the last
    if (gone < 1) return;
    const now = Math.round((cards.scrollLeft / gone) * (links.length - 1));
    if (now === at) return;
    at = now;
    links[now]?.click();
  }
  const scrolls = () => { // then the keyboard must reach it
    if (cards.scrollWidth > cards.clientWidth + 1) cards.tabIndex = 0;
    else cards.removeAttribute("tabindex");
  };
  new ResizeObserver(scrolls).observe(cards);
}
