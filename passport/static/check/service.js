// Whether the service can be reached: navigator.onLine knows only whether this device has a network.

const ADDRESS = "/health";
const PATIENCE = 8000;

/** Ask the service whether it works; the request says nothing of what is being checked. */
export async function isReachable() {
  const how = { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) };
  try {
    return (await fetch(ADDRESS, how)).ok;
  } catch {
    return false;
  }
}

/** Submit a form the browser's own way if the service can be reached; otherwise return false and leave it. */
export async function send(form) {
  if (!(await isReachable())) {
    return false;
  }
  form.submit();
  return true;
}
