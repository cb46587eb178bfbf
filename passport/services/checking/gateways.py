"""Read the address inside an address that a mail gateway has rewritten. Nothing is opened.

A closed list of services that rewrite the addresses in messages, and where each puts the original; any other
site that carries an address of ours stays another site. Mimecast keeps the original on its own servers, so
it cannot be read.

| host | original | source |
|---|---|---|
| `*.safelinks.protection.outlook.com`, `….office365.us` | `url` | Microsoft Defender, "Safe Links" |
| Teams: `statics.teams.cdn.office.net` | `url` | the same |
| `urldefense.proofpoint.com`, `urldefense.com`, `….us` | `u`, path | Proofpoint, "decode a rewritten URL" |
| `www.google.com/url` | `q`, `url` | Gmail and Google Docs |
| `linkprotect.cudasvc.com/url` | `a` | Barracuda Email Protection, "Link Protection" |
| `secure-web.cisco.com` | last part of the path | Cisco Secure Email, "URL rewriting" |
| `*.protection.sophos.com` | `u`, base64 | Sophos Email, "Time of Click" |
| `*.trendmicro.com/wis/clicktime` | `url` | Trend Micro, "Click Time Protection" |
| `scanmail.trustwave.com` | `u` | Trustwave MailMarshal, "Blended Threats" |
| `l.facebook.com`, `lm.…`, `l.instagram.com`, `l.messenger.com` | `u` | Meta, "Link Shim" |
| `www.linkedin.com/safety/go` | `url` | LinkedIn messages |
| `slack-redir.net/link` | `url` | Slack |
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

# Each gateway that a message passes rewrites the address once more.
MOST_GATEWAYS = 12
LONGEST = 16 * 1024
Original = Callable[[SplitResult], str]


def _member(*names: str) -> Original:
    def original(parts: SplitResult) -> str:
        members = parse_qs(parts.query, max_num_fields=50)
        return next((members[name][0] for name in names if name in members), "")

    return original


def _proofpoint(parts: SplitResult) -> str:
    """Read version 1 (percent-encoded), 2 (with - for % and _ for /) or 3 (in the path, see `_version_3`)."""
    if parts.path.startswith("/v3/"):
        return _version_3(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    written = _member("u")(parts)
    if parts.path.startswith("/v2/"):
        return unquote(written.replace("-", "%").replace("_", "/"))
    return written


def _version_3(path: str) -> str:
    """Read `__ADDRESS__;REPLACED!`: each `*` stands for the next of the replaced characters, in base64url.

    A run of replaced characters is `**` and a letter for its length, which no address of ours needs.
    """
    held = _VERSION_3.fullmatch(path)
    if held is None:
        return ""
    address, encoded = held["address"], held["replaced"]
    try:
        replaced = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_").decode()
    except ValueError:
        return ""
    signs = iter(replaced)
    return re.sub(r"\*", lambda star: next(signs, star[0]), _SCHEME.sub(r"\1://", address))


def _cisco(parts: SplitResult) -> str:
    return unquote(parts.path.rpartition("/")[2])


def _sophos(parts: SplitResult) -> str:
    written = _member("u")(parts)
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_").decode("ascii")
    except ValueError:
        return ""


_VERSION_3 = re.compile(r"/v3/__(?P<address>.+?)__;(?P<replaced>[\w-]*)!.*", re.DOTALL)
_SCHEME = re.compile(r"^(https?):/+")
_GATEWAYS: tuple[tuple[re.Pattern[str], Original], ...] = tuple(
    (re.compile(host + r"/.*", re.DOTALL), original)
    for host, original in (
        (r"(?:[a-z0-9-]+\.)?safelinks\.protection\.(?:outlook\.com|office365\.us)", _member("url")),
        (r"statics\.teams\.cdn\.office\.net/evergreen-assets/safelinks", _member("url")),
        (r"urldefense(?:\.proofpoint)?\.com", _proofpoint),
        (r"urldefense\.us", _proofpoint),
        (r"(?:www\.)?google\.(?:com|co\.uk)/url", _member("q", "url")),
        (r"linkprotect\.cudasvc\.com/url", _member("a")),
        (r"secure-web\.cisco\.com", _cisco),
        (r"[a-z0-9-]+\.protection\.sophos\.com", _sophos),
        (r"(?:[a-z0-9-]+\.)?trendmicro\.com/wis/clicktime", _member("url")),
        (r"scanmail\.trustwave\.com", _member("u")),
        (r"lm?\.(?:facebook|instagram|messenger)\.com", _member("u")),
        (r"www\.linkedin\.com/safety/go", _member("url")),
        (r"slack-redir\.net/link", _member("url")),
    )
)


def behind(address: str) -> str:
    """Return the address that gateways of the list have rewritten to this one; "" for any other address.

    Also "" for one that passed more gateways than a message passes.
    """
    found = ""
    for _ in range(MOST_GATEWAYS):
        inner = _once(found or address)
        if not inner:
            return found
        found = inner
    return "" if _once(found) else found


def decoded(address: str) -> str:
    """Return an address without percent-encoding, also where it was applied once for each gateway."""
    for _ in range(2 * MOST_GATEWAYS):
        address, before = unquote(address[:LONGEST]), address
        if address == before:
            break
    return address


def _once(address: str) -> str:
    if len(address) > LONGEST:
        return ""
    try:
        parts = urlsplit(address.strip().replace("&amp;", "&"))
        if parts.scheme.lower() not in {"http", "https"} or parts.username or parts.port:
            return ""
        place = f"{parts.hostname}{parts.path or '/'}/"
        return next((original(parts) for host, original in _GATEWAYS if host.fullmatch(place)), "").strip()
    except ValueError:
        return ""
