// Every button says what it does: data-do="step". One listener hands each press to the part that knows the word.

const handlers = new Map();

export function on(word, handler) {
  handlers.set(word, handler);
}

export function listen() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-do]");
    if (button) handlers.get(button.dataset.do)?.(button);
  });
}
