// Predictions: the choice stays in this browser and is shown again beside the result.
const KEPT = "deep-learning-guesses";
const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
};

function recall() {
  const guesses = read();
  for (const place of document.querySelectorAll(".expected[data-guess]")) {
    const guess = guesses[place.dataset.guess];
    place.textContent = guess ? `You expected: ${guess}` : "You made no guess yet. It costs nothing.";
  }
}

for (const question of document.querySelectorAll(".guess[data-guess]")) {
  const name = question.dataset.guess;
  for (const button of question.querySelectorAll("input")) {
    button.checked = read()[name] === button.value;
    button.addEventListener("change", () => {
      try {
        localStorage.setItem(KEPT, JSON.stringify({ ...read(), [name]: button.value }));
      } catch {
        // a browser that keeps nothing: the button is pressed all the same
      }
      recall();
    });
  }
}
recall();

// Wide things scroll by themselves; with a keyboard, too.
function scrollable() {
  for (const box of document.querySelectorAll("article :is(pre, table, .output, .math, mjx-container)")) {
    const wide = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (wide) box.tabIndex = 0;
  }
}
for (const summary of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
  summary.setAttribute("aria-label", "Pages below this one");
}
window.addEventListener("load", scrollable);
window.addEventListener("resize", scrollable);
document.addEventListener("toggle", scrollable, true);
