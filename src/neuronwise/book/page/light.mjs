// One piece, lit wherever it occurs: formula, code, picture, derivation, rail. Pointed at, it is near; pinned, it is lit.
// A piece is known by its text: data-sym for a symbol, data-expr for a sub-expression.

import { readOut } from "./readout.mjs";

const PIECE = "[data-sym], [data-expr]";
const BAR = 120; // pixels: so near to the lower edge of the window the readout would be in the way
const INTERACTIVE = "a, button, input, label, select, summary";

let index = null; // key -> its elements; made when needed, thrown away when the page changes
let near = null;
let pinned = null;

export const keyOf = (piece) => piece.dataset.sym ?? piece.dataset.expr;
export const pieceAt = (element) => element.closest?.(PIECE) ?? null;

export function light() {
  // moves only: a page that scrolls under a resting pointer points at nothing
  document.addEventListener("pointermove", ({ target, pointerType, clientY }) => {
    if (pointerType !== "touch") point(keyUnder(target), clientY > innerHeight - BAR);
  });
  document.addEventListener("focusin", ({ target }) => {
    const named = target.closest("label, button")?.querySelector(PIECE); // a field of w lights w
    if (named) point(keyOf(named), false, { told: false });
  });
  document.addEventListener("focusout", () => point(null));
  document.addEventListener("click", ({ target }) => {
    const piece = pieceAt(target);
    if (piece && !target.closest(INTERACTIVE) && getSelection().isCollapsed) pin(keyOf(piece), isLow(piece));
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") unpin();
  });
  document.addEventListener("patched", ({ detail }) => relight(detail));
}

const keyUnder = (target) => (pieceAt(target) ? keyOf(pieceAt(target)) : null);
export const isLow = (element) => element.getBoundingClientRect().bottom > innerHeight - BAR;

// Point at a piece, or at nothing; `low` says that it is at the lower edge of the window.
export function point(key, low = false, { told = true } = {}) {
  if (key === near) return;
  paint(near, "near", false);
  paint(key, "near", true);
  near = key;
  if (told) show(low);
}

// Pin a piece, or unpin it if it is pinned.
export function pin(key, low = false) {
  const again = key === pinned;
  paint(pinned, "lit", false);
  pinned = again ? null : key;
  paint(pinned, "lit", true);
  show(low, true);
}

export function unpin() {
  if (pinned !== null) pin(pinned);
}

function show(low, aloud = false) {
  readOut({ key: near ?? pinned, pinned: pinned !== null && (near ?? pinned) === pinned, low, aloud, unpin });
}

function paint(key, name, on) {
  if (key === null) return;
  for (const element of elements(key)) element.classList.toggle(name, on);
}

function elements(key) {
  index ??= makeIndex();
  return index.get(key) ?? [];
}

function makeIndex() {
  const found = new Map();
  for (const element of document.querySelectorAll(PIECE)) {
    for (const key of new Set([element.dataset.sym, element.dataset.expr])) {
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(element);
    }
  }
  return found;
}

// New elements take on the light of the old ones.
function relight(changed) {
  if (!changed.length) return;
  index = null;
  paint(pinned, "lit", true);
  paint(near, "near", true);
  show(undefined);
}
