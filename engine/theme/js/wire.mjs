// The wire: how far each section is read, and which one is being read.

const dashes = [...document.querySelectorAll(".wire a")].map((link) => {
  const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  return { link, heading: section?.querySelector("h1, h2") ?? section };
});
const READ = 0.4; // of the window: what stands above this line is read
let frame = 0;

function show() {
  frame = 0;
  const line = innerHeight * READ;
  const tops = dashes.map(({ heading }) => heading.getBoundingClientRect().top - line);
  const { scrollHeight, clientHeight } = document.documentElement;
  const end = document.querySelector("article").getBoundingClientRect().bottom - line;
  const done = scrollY > 0 && scrollHeight - clientHeight - scrollY < 4; // the page ends here
  let current = 0;
  dashes.forEach(({ link }, i) => {
    const next = i + 1 < tops.length ? tops[i + 1] : end;
    const part = done ? 1 : Math.min(1, Math.max(0, -tops[i] / (next - tops[i])));
    link.style.setProperty("--read", scrollY > 0 ? part.toFixed(3) : 0);
    if (tops[i] <= 0) current = i;
  });
  dashes.forEach(({ link }, i) => {
    if (i === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  });
}
const later = () => (frame ||= requestAnimationFrame(show));

if (dashes.length && dashes.every(({ heading }) => heading)) {
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  later();
}
