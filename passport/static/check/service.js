// Whether the service can be reached: navigator.onLine knows only whether this device has a network.

const ADDRESS = "/health";
const PATIENCE = 8000;

/** Ask the service whether it works; nothing of what is being checked is in the question. */
export async function isReachable() {
  const how = { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) };
  try {
    return (await fetch(ADDRESS, how)).ok;
  } catch {
    return false;
  }
}

/** Send a form the browser's own way if the service can be reached; gives false, and leaves it as it is, if not. */
export async function send(form) {
  if (!(await isReachable())) {
    return false;
  }
  form.submit();
  return true;
}
