// On the page of a code, for whoever came by an entry's printed code: does the paper say what the service says?
//
// The service was asked for the code alone. What the paper holds is checked here, and stays here.
if (window.passportScanned) {
  const text = window.passportScanned;
  delete window.passportScanned;
  compare(text);
}

async function compare(text) {
  const [{ answerTo }, { Holdings }] = await Promise.all([import("./checking.js"), import("./holdings.js")]);
  const place = document.getElementById("arrival");
  const holdings = await new Holdings(place.dataset.roots.split(" ").filter(Boolean)).open();
  if (holdings.isStale) {
    await holdings.refresh();
  }
  if (holdings.isEmpty) {
    return; // nothing to check with: the service's own answer stands
  }
  const { result } = await answerTo(text, holdings, Number(place.dataset.hours));
  const found = judge(result, place.closest("main").textContent);
  if (found) {
    place.append(document.querySelector(`template[data-arrival="${found}"]`).content.cloneNode(true));
  }
}

/** "altered", "same", or nothing where the two cannot be compared: the service shows no entry, or we could not check. */
function judge(result, shown) {
  const signature = result?.checks.find((check) => check.name === "signature");
  const shape = result?.checks.find((check) => check.name === "shape");
  if (!result || [signature, shape].some((check) => check.outcome === "failed")) {
    return "altered";
  }
  if (result.verdict === "V6" && signature.outcome !== "passed") {
    return "altered"; // somebody else's key under a code of ours
  }
  const { contents } = result;
  if (!contents || !document.querySelector(".sp-holder__name")) {
    return null;
  }
  return [contents.holderName, contents.school, contents.skill].every((part) => shown.includes(part)) ? "same" : "altered";
}
