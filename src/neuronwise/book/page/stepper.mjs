// Steps through one update: by buttons, by arrows while the stepper has the focus, or by itself.

import { on } from "./controls.mjs";
import { act } from "./patches.mjs";
import { pause, toggle, wait } from "./player.mjs";
import { say, words } from "./say.mjs";

const PACES = [1800, 1200, 800, 500, 250]; // milliseconds a step, by #speed

let owed = 0; // steps asked for and not yet made; below 0: back
let stepping = false;

export function step() {
  const group = document.querySelector("#stepper .stepper");
  if (!group) return;
  on("step", (button) => byHand(() => stepBy(Number(button.dataset.by))));
  on("go", (button) => byHand(() => goTo(Number(button.dataset.to))));
  on("rewind", () => byHand(() => move({ do: "rewind" })));
  on("play", (button) => toggle(button, playOn));
  group.addEventListener("keydown", (event) => byKey(event, group));
  document.addEventListener("patched", () => keepOneTabStop(group));
  keepOneTabStop(group);
}

function byHand(deed) {
  pause();
  return deed();
}

// However quick the presses: one step at a time, and none is lost.
async function stepBy(by) {
  owed += by;
  if (stepping) return;
  stepping = true;
  while (owed) {
    const one = Math.sign(owed);
    owed -= one;
    if (!(await act({ do: "step", by: one }))) owed = 0;
  }
  stepping = false;
  tell();
}

async function move(event) {
  owed = 0;
  await act(event);
  tell();
}

const goTo = (to) => move({ do: "go", to });

function tell() {
  say(words(document.getElementById("saying")));
}

// One tick of playing; resolves to whether there is another step in this update.
async function playOn() {
  const pace = wait(PACES[document.getElementById("speed").value - 1]);
  if (!(await act({ do: "step", by: 1 })) || steps().at(-1).hasAttribute("aria-current")) return false;
  await pace;
  return true;
}

const steps = () => [...document.querySelectorAll(".track button")];

function byKey(event, group) {
  if (event.target.closest("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const deed = {
    ArrowRight: () => stepBy(1),
    ArrowLeft: () => stepBy(-1),
    Home: () => goTo(0),
    End: () => goTo(steps().length),
    r: () => move({ do: "rewind" }),
  }[event.key];
  if (deed) byHand(deed);
  else if (event.key === "p") group.querySelector("[data-do=play]").click();
  else return;
  event.preventDefault();
}

// The track is one stop of the Tab key: the present step, or the first. Who stands on the track goes along.
function keepOneTabStop(group) {
  const present = group.querySelector(".track [aria-current]") ?? group.querySelector(".track button");
  if (document.activeElement.closest(".track") && document.activeElement !== present) present.focus();
  for (const button of group.querySelectorAll(".track button")) button.tabIndex = button === present ? 0 : -1;
}
