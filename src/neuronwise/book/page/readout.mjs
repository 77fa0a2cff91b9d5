// The line that tells about one piece: "w, weight of the edge from x to a: 1.5, dE/dw = 0.5". All its numbers stand in the
// hidden table #pieces, which Python keeps up to date.

import { say, words } from "./say.mjs";

let unpinPiece = null;

// Show a piece, or nothing where `key` is null; without `low` the line stays where it is, and only its numbers are new.
export function readOut({ key, pinned, low, aloud, unpin }) {
  const line = document.getElementById("readout");
  const refreshing = low === undefined;
  if (!line || (refreshing && line.hidden)) return;
  unpinPiece = unpin;
  line.hidden = key === null;
  line.classList.toggle("pinned", pinned);
  if (!refreshing) line.classList.toggle("above", low);
  if (key !== null) line.replaceChildren(...content(key, pinned));
  if (aloud) say(key === null ? "Unpinned." : `${pinned ? "Pinned: " : "Unpinned. "}${describe(key)}`);
}

// What is said of a piece.
export function describe(key) {
  const cells = cellsOf(key);
  if (!cells) return words(example(key) ?? document.createTextNode(key));
  const [look, meaning, number, slope] = cells.map((cell) => words(cell).trim());
  return `${[look, meaning].filter(Boolean).join(", ")}: ${[number, slope].filter(Boolean).join(", ")}.`;
}

function cellsOf(key) {
  const row = document.querySelector(`#pieces tr[data-key="${CSS.escape(key)}"]`);
  return row && [...row.cells];
}

function content(key, pinned) {
  const cells = cellsOf(key);
  const [look, meaning, number, slope] = cells ?? [example(key)];
  const parts = [
    pinned && part("pin", "Pinned"),
    look && part("look", ...copy(look)),
    meaning?.textContent && part("meaning", ...copy(meaning)),
    number?.textContent && part("number", ...copy(number)),
    slope?.textContent && part("slope", ...copy(slope)),
    pinned && unpinButton(),
  ];
  return parts.filter(Boolean);
}

// A piece that the table does not know shows itself.
function example(key) {
  const found = document.querySelector(`math [data-expr="${CSS.escape(key)}"], math [data-sym="${CSS.escape(key)}"]`);
  if (!found) return null;
  const holder = document.createElement("span");
  const math = holder.appendChild(document.createElementNS("http://www.w3.org/1998/Math/MathML", "math"));
  math.append(found.cloneNode(true));
  return holder;
}

function copy(cell) {
  const nodes = [...cell.cloneNode(true).childNodes];
  for (const node of nodes) {
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    for (const bright of node.querySelectorAll(".near, .lit")) bright.classList.remove("near", "lit");
  }
  return nodes;
}

function part(name, ...children) {
  const span = document.createElement("span");
  span.className = name;
  span.append(...children);
  return span;
}

function unpinButton() {
  const button = document.createElement("button");
  const key = document.createElement("kbd");
  key.textContent = "Esc";
  button.type = "button";
  button.append("Unpin ", key);
  button.addEventListener("click", () => unpinPiece());
  return button;
}
