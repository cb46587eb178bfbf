// Pages work without this. It starts the page kit's own helpers on pages that use them, and shows print buttons.
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
// only a phone that its owner said is their own has anything to delete
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
      // without permission for the clipboard the text is selected: the user copies it by hand
      return;
    }
    document.getElementById(`${field.id}-copied`).textContent = button.dataset.copied;
  });
}
