// Pages work without this. It starts the page kit's own helpers where a page uses one, and shows print buttons.
if (document.querySelector("[data-module]:not(.govuk-skip-link)")) {
  import("./vendor/govuk-frontend.min.js").then((kit) => kit.initAll());
}
if (document.querySelector("[data-ends]")) {
  import("./staying.js");
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
