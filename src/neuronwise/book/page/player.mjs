// What plays by itself: one thing at a time, at most one tick a frame, until it is paused or has come to its end.

const PLAY = "M4 2.5l9 5.5-9 5.5z";
const PAUSE = "M4 3h3v10H4zM9.500 3h3v10h-3z";

let playing = null; // {button}: a new object each time, so that an old loop knows that it is over

// `tick` does one thing and resolves to whether there is more to do.
export function toggle(button, tick) {
  const pausing = playing?.button === button;
  pause();
  if (!pausing) play(button, tick);
}

export function pause() {
  if (playing) show(playing.button, false);
  playing = null;
}

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function play(button, tick) {
  const mine = { button };
  playing = mine;
  show(button, true);
  while (playing === mine && (await tick())) await new Promise(requestAnimationFrame);
  if (playing === mine) pause();
}

function show(button, on) {
  const label = button.lastChild;
  button.dataset.words ??= label.textContent; // what it says while nothing plays
  label.textContent = on ? "Pause" : button.dataset.words;
  button.querySelector("path")?.setAttribute("d", on ? PAUSE : PLAY);
}
