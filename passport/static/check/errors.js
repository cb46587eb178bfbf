// How a check can fail. Any other error is a bug of ours, and ends in V8.

/** Bytes, digits or a document that are not as we write them. */
export class Malformed extends Error {}

/** The code leads to another site. The page says so in words, and never links there. */
export class OtherSite extends Error {}

/** The code is the address of a share, to be looked up online: there is no entry inside to check. */
export class NoEntryInside extends Error {
  constructor(origin, shareCode) {
    super("the code holds the address of a share, and no entry");
    this.origin = origin;
    this.shareCode = shareCode;
  }
}

/** The registry cannot be read, or no trusted key signed it. */
export class TrustError extends Error {}

/** One check failed, and the verdict follows from it. */
export class Failed extends Error {
  constructor(verdict, reason) {
    super(reason);
    this.verdict = verdict;
  }
}

/** With what is at hand the check could not be made: V8. */
export class Untried extends Failed {
  constructor(reason) {
    super("V8", reason);
  }
}

/** Run `read`; Malformed becomes a failed check with this verdict. */
export async function failing(verdict, read) {
  try {
    return await read();
  } catch (error) {
    throw error instanceof Malformed ? new Failed(verdict, error.message) : error;
  }
}
