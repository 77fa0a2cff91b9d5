// Formulas by keyboard: a formula, a derivation or a listing is one stop of the Tab key, and inside it the arrows walk the
// expression tree: → ← to the next and the last piece, ↑ to the larger piece, ↓ into it. Enter pins, Esc leaves.

import { isLow, keyOf, pin, point } from "./light.mjs";
import { describe } from "./readout.mjs";
import { say, words } from "./say.mjs";

const LINE = "math, code"; // the largest pieces: whole formulas, lines of code
const PIECE = "[data-sym], [data-expr]";

let here = null; // the line or piece that the reader stands on

export function walk() {
  for (const place of document.querySelectorAll(".walk")) {
    place.addEventListener("keydown", (event) => {
      if (event.target === place) byKey(event, place);
    });
    place.addEventListener("blur", leave);
  }
}

function byKey(event, place) {
  const at = here?.isConnected && place.contains(here) ? here : null;
  const next = {
    ArrowRight: () => (at ? beside(at, place, 1) : first(place)),
    ArrowLeft: () => (at ? beside(at, place, -1) : first(place)),
    ArrowUp: () => (at ? above(at) : first(place)),
    ArrowDown: () => (at ? within(at) : first(place)),
  }[event.key];
  if (next) stand(next() ?? at);
  else if (event.key === "Enter" && at && isPiece(at)) pin(keyOf(at), isLow(at));
  else if (event.key === "Escape" && at) leave();
  else return;
  event.preventDefault();
}

const isPiece = (element) => element.matches(PIECE);

// The pieces of an element: the nearest ones below it.
const parts = (element) => [...element.querySelectorAll(PIECE)].filter((part) => owner(part) === element);
const owner = (part) => part.parentElement.closest(`${PIECE}, ${LINE}`);
const lines = (place) => [...place.querySelectorAll(LINE)].filter((line) => parts(line).length && line.checkVisibility());

const first = (place) => parts(lines(place)[0])[0];
const within = (at) => parts(at)[0];
const above = (at) => (at.matches(LINE) ? null : owner(at));

// The neighbour at the same height; from the last piece of a line on to the next line.
function beside(at, place, by) {
  const all = at.matches(LINE) ? lines(place) : owner(at).matches(LINE) ? lines(place).flatMap(parts) : parts(owner(at));
  return all[all.indexOf(at) + by] ?? null;
}

function stand(at) {
  if (!at) return;
  here?.classList.remove("here");
  here = at;
  at.classList.add("here");
  at.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  point(isPiece(at) ? keyOf(at) : null, isLow(at));
  say(isPiece(at) ? describe(keyOf(at)) : words(at));
}

function leave() {
  here?.classList.remove("here");
  here = null;
  point(null);
}
