// Python on the page's side: started when a control is first touched, asked one question after the other.
// One line (#status) says at every moment whose numbers stand on the page.

import { say } from "./say.mjs";

const START_LIMIT = 60_000; // milliseconds; a refused WebAssembly neither starts nor fails
const ANSWER_LIMIT = 10_000;
const MEGABYTE = 1_000_000;
const RUNNING = "Your numbers: Python runs in this page.";
const TROUBLE = "Python could not do that, and the page is as it was. Other numbers may work.";

let worker = null;
let state = "printed"; // printed, starting, ready, failed
let timer = 0;
let asked = 0;
const open = new Map(); // question's id -> the promise's resolve

export const isReady = () => state === "ready";

export function wakeWhenTouched() {
  for (const touch of ["pointerdown", "focusin"]) {
    document.addEventListener(touch, ({ target }) => {
      if (target.closest(".live, .report, form.exercise")) wake();
    });
  }
}

export function wake() {
  if (state !== "printed") return;
  state = "starting";
  tell("Python is starting.", { aloud: true });
  limit(START_LIMIT, "it did not start within a minute");
  const { pyodide, assets } = document.documentElement.dataset;
  const { chapter } = document.querySelector("[data-chapter]").dataset;
  const [at, from, of] = [pyodide, `${assets}page.zip`, chapter].map((url) => new URL(url, document.baseURI).href);
  worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => hear(data));
  worker.addEventListener("error", (event) => fail(event.message ?? "its worker cannot be loaded"));
  worker.postMessage({ start: { pyodide: at, page: from, chapter: of } });
}

// Ask Python; resolves to its answer, or to null where there is none.
export function ask(event) {
  wake();
  if (state === "failed") return Promise.resolve(null);
  const id = ++asked;
  worker.postMessage({ id, event: JSON.stringify(event) });
  return new Promise((resolve) => {
    open.set(id, resolve);
    if (state === "ready" && open.size === 1) limit(ANSWER_LIMIT, "it gave no answer for ten seconds");
  });
}

function hear({ loaded, ready, failed, id, answer, error }) {
  if (state === "failed") return;
  if (loaded) showProgress(loaded);
  if (ready) becomeReady();
  if (failed) fail(failed);
  if (error) tell(TROUBLE, { aloud: true });
  if (answer) tell(RUNNING);
  if (id) close(id, answer ? JSON.parse(answer) : null);
}

function becomeReady() {
  state = "ready";
  tell(RUNNING, { aloud: true });
  clearTimeout(timer);
  if (open.size) limit(ANSWER_LIMIT, "it gave no answer for ten seconds");
}

function close(id, answer) {
  open.get(id)(answer);
  open.delete(id);
  clearTimeout(timer);
  if (open.size) limit(ANSWER_LIMIT, "it gave no answer for ten seconds");
}

// The files arrive unpacked, their sizes are told as sent: data-unpacked and data-sent of <html>, written by the builder.
function showProgress(loaded) {
  if (state !== "starting") return;
  const { unpacked, sent } = document.documentElement.dataset;
  if (!unpacked) return;
  const part = Math.min(loaded / unpacked, 1);
  const [now, all] = [part * sent, Number(sent)].map((bytes) => (bytes / MEGABYTE).toFixed(1));
  tell(`Python is starting: ${now} of ${all} MB.`);
}

function limit(milliseconds, why) {
  clearTimeout(timer);
  timer = setTimeout(() => fail(why), milliseconds);
}

function fail(why) {
  state = "failed";
  clearTimeout(timer);
  worker.terminate();
  tell(`Python does not run here: ${why}. These are the last numbers that were computed. Reload the page to try again.`, {
    aloud: true,
  });
  for (const resolve of open.values()) resolve(null);
  open.clear();
}

function tell(text, { aloud = false } = {}) {
  const line = document.getElementById("status");
  if (line && line.textContent !== text) line.textContent = text;
  if (aloud) say(text);
}
