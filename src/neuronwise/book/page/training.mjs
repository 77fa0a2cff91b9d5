// Trains the network before the reader's eyes: a few updates, their picture, and only then the next request.
// So nothing piles up, and a pause comes at once.

import { on } from "./controls.mjs";
import { act } from "./patches.mjs";
import { pause, toggle, wait } from "./player.mjs";

const PACES = [[600, 1], [250, 1], [80, 1], [0, 1], [0, 10]]; // [milliseconds between requests, updates in one], by speed

export function train() {
  on("train", (button) => toggle(button, trainOn));
  on("train-one", () => once({ do: "train", updates: 1 }));
  on("rewind-training", () => once({ do: "rewind" }));
}

function once(event) {
  pause();
  return act(event);
}

// One tick; resolves to whether there is more to learn.
async function trainOn() {
  const [milliseconds, updates] = PACES[document.getElementById("training-speed").value - 1];
  const pace = wait(milliseconds);
  const answer = await act({ do: "train", updates });
  if (!answer || answer.stop) return false;
  await pace;
  return true;
}
