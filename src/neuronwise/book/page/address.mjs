// The reader's numbers in the address, after # so that they never leave the reader: #x=0.5&w=1.5&t=0.25&eta=0.25
// An address without "=" names a section, as everywhere.

import { on } from "./controls.mjs";
import { fields, fill, send } from "./numbers.mjs";
import { say } from "./say.mjs";

const LONGEST = 600; // characters: four fields of 40, each written as at most three

export function readAddress() {
  if (!document.getElementById("numbers")) return;
  on("link", write);
  addEventListener("hashchange", read);
  read();
}

async function read() {
  const text = location.hash.slice(1);
  if (!text.includes("=")) return;
  document.getElementById("numbers").scrollIntoView({ block: "center" });
  try {
    fill(parsed(text));
    await send();
    if (isWrong()) throw new Error("it holds something that is no number");
  } catch (error) {
    fill({});
    await send();
    tell(`This link is damaged: ${error.message}. These are the printed numbers.`);
  }
}

// The state in an address: texts by symbol. What a number is, Python decides.
export function parsed(text, names = Object.keys(fields())) {
  if (text.length > LONGEST) throw new Error(`it is longer than ${LONGEST} characters`);
  const texts = {};
  for (const pair of text.split("&")) {
    const [name, value, ...more] = pair.split("=");
    if (!names.includes(name)) throw new Error(`it names “${name}”, and the symbols are ${names.join(", ")}`);
    if (value === undefined || more.length || name in texts) throw new Error(`“${name}” needs one number`);
    texts[name] = decoded(value);
  }
  return texts;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`“${text}” cannot be read`);
  }
}

function write() {
  if (isWrong()) return tell("There is no link to numbers that have to be mended first.");
  const pairs = Object.entries(fields()).map(([name, field]) => `${name}=${encodeURIComponent(field.value.trim())}`);
  history.replaceState(null, "", `#${pairs.join("&")}`);
  tell("The address of this page now holds these numbers. Copy it to share them.");
}

const isWrong = () => document.querySelector("#numbers [aria-invalid=true]") !== null;

function tell(text) {
  document.getElementById("link-status").textContent = text;
  say(text);
}
