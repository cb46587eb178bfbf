// Asks the browser for a passkey. Buttons with data-passkey stay hidden if the browser does not support it.
const canDo = window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential?.parseCreationOptionsFromJSON;

async function ask(form) {
  const token = form.querySelector("[name=csrf_token]").value;
  const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  const made = form.dataset.passkey === "new"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  form.querySelector("[name=response]").value = JSON.stringify(made.toJSON());
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!canDo) continue;
  const told = form.querySelector("[data-passkey-told]");
  form.hidden = false;
  for (const without of document.querySelectorAll("[data-passkey-without]")) without.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    told.hidden = true;
    // usually the user pressed Cancel: say so, and let them try again
    ask(form).catch(() => { told.hidden = false; });
  });
}
