// Starts everything that moves. Each part looks for its own place on the page; where there is none, it does nothing.

import "./theme.mjs";
import { readAddress } from "./address.mjs";
import { listen } from "./controls.mjs";
import { judgeExercises } from "./exercises.mjs";
import { light } from "./light.mjs";
import { takeNumbers } from "./numbers.mjs";
import { wakeWhenTouched } from "./python.mjs";
import { offerRoads } from "./roads.mjs";
import { showSection } from "./section.mjs";
import { step } from "./stepper.mjs";
import { train } from "./training.mjs";
import { walk } from "./walk.mjs";

for (const part of [listen, light, walk, showSection]) part();

if (document.querySelector("[data-chapter]")) {
  for (const part of [wakeWhenTouched, step, takeNumbers, train, offerRoads, judgeExercises, readAddress]) part();
}
