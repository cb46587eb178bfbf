"""Times as the standards write them: xsd:dateTimeStamp, with fractions of a second and any zone."""

import re
from datetime import UTC, datetime

from .errors import BadProof

# Digits beyond microseconds are legal and are cut off, as no comparison needs them.
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d)")


def read_time(text: object) -> datetime:
    """Return a time in UTC (XML Schema 1.1 Part 2, 3.4.28). Raises BadProof for anything else."""
    match = _TIME.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if match is None:
        raise BadProof("a time of its proof cannot be read")
    whole, fraction, zone = match.groups()
    try:
        at = datetime.fromisoformat(f"{whole}.{(fraction or '0')[:6].ljust(6, '0')}{zone}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadProof("a time of its proof cannot be read") from error
