// Puts Python's answer in place: only what changed, so the reader's focus, selection and place stay.

import { ask } from "./python.mjs";
import { say } from "./say.mjs";

// Ask Python, and show what it answers; resolves when it is on the page.
export async function act(event) {
  const answer = await ask(event);
  if (answer) put(answer);
  return answer;
}

export function put({ html, marks, say: said }) {
  const changed = Object.entries(html).filter(([id, text]) => fill(document.getElementById(id), text));
  for (const [id, name, value] of marks) mark(document.getElementById(id), name, value);
  say(said);
  document.dispatchEvent(new CustomEvent("patched", { detail: changed.map(([id]) => document.getElementById(id)) }));
}

// Everything in `html` was escaped in Python; returns whether anything is new.
function fill(element, html) {
  if (!element) return false;
  const next = element.cloneNode(false);
  next.innerHTML = html;
  if (next.isEqualNode(element)) return false;
  element.replaceChildren(...next.childNodes);
  return true;
}

function mark(element, name, value) {
  if (!element || element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
