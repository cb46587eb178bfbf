// Pages work without this. It starts the page kit's own helpers where a page uses one, and shows print buttons.
if (document.querySelector("[data-module]:not(.govuk-skip-link)")) {
  import("./vendor/govuk-frontend.min.js").then((kit) => kit.initAll());
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
