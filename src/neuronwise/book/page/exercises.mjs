// An answer goes to Python, which judges it in words; the words are said, too.

import { act } from "./patches.mjs";
import { say, words } from "./say.mjs";

export function judgeExercises() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.exercise");
    if (!form) return;
    event.preventDefault();
    judge(form, Number(form.id.replace("exercise-", "")));
  });
}

async function judge(form, number) {
  const feedback = document.getElementById(`feedback-${number}`);
  feedback.setAttribute("aria-busy", "true");
  await act({ do: "answer", number, text: form.elements.answer.value });
  feedback.removeAttribute("aria-busy");
  say(words(feedback));
}
