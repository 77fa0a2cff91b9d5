// What is said aloud: all of it in one polite live region, so that nothing talks over anything else.

export function say(text) {
  const live = document.getElementById("live");
  if (!live || !text) return;
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = text)); // the same sentence twice is said twice
}

// The words of an element: formulas by their spoken text, pictures left out.
export function words(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.localName === "svg") return "";
  if (node.localName === "math") return node.getAttribute("alttext") ?? node.textContent;
  return [...node.childNodes].map(words).join(" ").replace(/\s+/g, " ").trim();
}
