// The front page's form: what was typed is kept if the service cannot be reached. And the check page is stored on
// this device, so that this address leads to it without a connection.
import { Holdings } from "./holdings.js";
import * as installing from "./installing.js";
import { send } from "./service.js";

const form = document.querySelector("form[data-check]");
const unreachable = document.getElementById("unreachable");
let isSending = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSending) {
    return;
  }
  isSending = true;
  unreachable.textContent = "";
  const isSent = await send(form);
  isSending = false;
  if (!isSent) {
    unreachable.append(document.querySelector("template[data-unreachable]").content.cloneNode(true));
  }
});

if (!navigator.connection?.saveData) {
  keep();
}

async function keep() {
  installing.start({ isIdle: () => false, tell: () => {} });
  const holdings = await new Holdings(form.dataset.roots.split(" ").filter(Boolean)).open();
  if (holdings.isStale) {
    await holdings.refresh();
  }
}
