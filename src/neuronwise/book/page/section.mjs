// Marks in the rail which section is being read: the last one whose heading has passed the upper third of the window.

export function showSection() {
  const links = [...document.querySelectorAll(".rail nav a")];
  const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
  let asked = false;

  function show() {
    asked = false;
    const read = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    for (const [i, link] of links.entries()) {
      if (i === read) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  if (!links.length) return;
  addEventListener("scroll", () => {
    if (!asked) requestAnimationFrame(show);
    asked = true;
  }, { passive: true });
  show();
}
