// Remembers light or dark; style.css does the rest by :has(). Where the browser refuses to remember, the choice still holds
// for this page.

const KEY = "theme";
const choices = [...document.querySelectorAll("input[name=theme]")];

for (const choice of choices) {
  if (choice.value === remembered()) choice.checked = true;
  choice.addEventListener("change", () => remember(choice.value));
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // storage is refused or full: nothing to do
  }
}
