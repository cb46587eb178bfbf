// Pages work without this. It starts the page kit's own helpers where a page uses one, and shows print buttons.
if (document.querySelector("[data-module]:not(.govuk-skip-link)")) {
  import("./vendor/govuk-frontend.min.js").then((kit) => kit.initAll());
}
if (document.querySelector("[data-ends]")) {
  import("./staying.js");
}
const isTyped = document.querySelector("[data-keeping]");
if (isTyped) {
  import("./drafts.js");
}
// only a phone whose owner says so has anything to forget
if (isTyped || keepsCopies()) {
  const leaving = document.querySelectorAll("[data-signs-out]");
  import("./copies.js").then((copies) => {
    copies.tidy(leaving[0]?.dataset.signsOut);
    for (const form of leaving) form.addEventListener("submit", copies.forgetAll);
  });
}
function keepsCopies() {
  try {
    return localStorage.length > 0;
  } catch {
    return false;
  }
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // without leave for the clipboard the text is selected: the person copies it as ever
      return;
    }
    document.getElementById(`${field.id}-copied`).textContent = button.dataset.copied;
  });
}
