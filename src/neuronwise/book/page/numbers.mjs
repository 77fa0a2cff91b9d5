// The reader's numbers: sent to Python as they are typed. It reads them, and it says beside a field what is wrong there.

import { act } from "./patches.mjs";
import { pause } from "./player.mjs";
import { isReady } from "./python.mjs";
import { say, words } from "./say.mjs";

let sending = false;
let stale = false;

export function takeNumbers() {
  const form = document.getElementById("numbers");
  if (!form) return;
  form.addEventListener("input", send);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    fill({});
    send();
  });
  const slider = document.querySelector("[data-do=slide]");
  slider?.addEventListener("input", () => {
    fields().w.value = slider.value;
    send();
  });
  document.addEventListener("patched", () => follow(slider));
}

// The fields of the form by symbol.
export function fields() {
  return Object.fromEntries([...document.querySelectorAll("#numbers input")].map((field) => [field.name, field]));
}

// Put texts into the fields; where none is given, the printed number comes back.
export function fill(texts) {
  for (const [name, field] of Object.entries(fields())) field.value = texts[name] ?? field.defaultValue;
}

// Send the latest numbers, one message at a time; until Python runs, every number that they would change shows as "…".
export async function send() {
  pause();
  stale = true;
  document.getElementById("link-status").textContent = "";
  if (sending) return;
  sending = true;
  document.documentElement.classList.toggle("waiting", !isReady());
  while (stale) {
    stale = false;
    const texts = Object.entries(fields()).map(([name, field]) => [name, field.value]);
    await act({ do: "numbers", fields: Object.fromEntries(texts) });
  }
  document.documentElement.classList.remove("waiting");
  sending = false;
  const mends = [...document.querySelectorAll("#numbers .mend:not(:empty)")].map(words);
  if (mends.length) say([...mends, words(document.getElementById("numbers-status"))].join(" "));
}

// The slider under the valley stands where the weight is, also while it learns.
function follow(slider) {
  const now = document.getElementById("now-w");
  if (slider && now && slider !== document.activeElement) slider.value = now.textContent.replace("−", "-");
}
