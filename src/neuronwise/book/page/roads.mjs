// "Don't believe us": look for the slope on every road with the present numbers, or with a fault in the program.

import { on } from "./controls.mjs";
import { act } from "./patches.mjs";

export function offerRoads() {
  let faults = 0;
  on("roads", () => act({ do: "roads" }));
  on("fault", () => act({ do: "fault", number: faults++ })); // another one each time
}
