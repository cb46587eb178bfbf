"""Every limit of the service as data: what is counted, for whom, how many, in what time, and where.

A limit that must always hold is counted in the database: for all processes, and across restarts. The others
are counted in Redis (`PASSPORT_QUEUE_URL`), or without it in each process separately: several processes then
allow that many times the number, and a restart begins at zero.

A network is one IPv4 address, or the /56 of an IPv6 address, which is what a household gets (RIPE-690).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

__all__ = [
    "BIRTHDATES",
    "CLASS_CODE",
    "JUNK_CLASS_CODES",
    "LINKS",
    "LISTS",
    "NAME",
    "NAME_FROM_NETWORK",
    "POSTS",
    "READER_TIME",
    "UNKNOWN_CODES",
    "UNKNOWN_CODES_FROM_NETWORK",
    "UNKNOWN_CODES_IN_ALL",
    "VISIT_FORMS",
    "VISIT_FORMS_IN_ALL",
    "WRONG_PASSWORDS",
    "Counted",
    "Kept",
    "Limit",
    "Per",
    "Post",
    "api",
]

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86_400))
TEN_MINUTES = 10 * MINUTE


class Per(StrEnum):
    """What a count belongs to."""

    NETWORK = "network"
    KEY = "API key"
    NAME = "name"  # of an account, a class code, a share
    EVERYBODY = "everybody together"


class Kept(StrEnum):
    """Where the count is kept."""

    DATABASE = "database"
    REDIS_OR_PROCESS = "Redis, or each process"


@dataclass(frozen=True)
class Limit:
    """At most ``most`` within a time.

    A limit in the database with ``one_each`` is a bucket: ``most`` at once, then one after each such time.
    With ``alerts`` the operator is alerted when it is reached: honest use does not reach it.
    """

    what: str
    per: Per
    most: int
    within: timedelta
    kept: Kept = Kept.REDIS_OR_PROCESS
    one_each: timedelta | None = None
    alerts: bool = False


class Counted(StrEnum):
    """Which requests of a route count."""

    ALL = "all"
    WORK = "work"  # each request by its size: a long one counts as several
    FAILED = "failed"  # requests not answered with a redirect: a success does not count


@dataclass(frozen=True)
class Post:
    """The limits of a route that accepts posts without an account.

    Above ``network`` all requests of that network are refused. Above ``everybody`` a network is refused if it
    made any request in its own window; one that made none is let through, so that a flood from elsewhere does
    not shut it out. ``keeps`` names the fields that the refusal's page fills in again: no password, no code
    that gives access, and no date of birth.
    """

    network: tuple[int, timedelta]
    everybody: tuple[int, timedelta]
    counted: Counted = Counted.ALL
    keeps: tuple[str, ...] = ()

    def limits(self, endpoint: str) -> tuple[Limit, Limit]:
        """Return the limit of each network, and that of all networks together."""
        network = Limit(endpoint, Per.NETWORK, *self.network)
        return network, Limit(endpoint, Per.EVERYBODY, *self.everybody, alerts=True)


# Well-formed unknown codes, wherever codes are checked without an account or a key. Above the first limit
# unknown codes are refused and known ones answered. Above the second every request of that network is
# refused, and above the third every request of each network that asked for an unknown code recently.
UNKNOWN_CODES = Limit("unknown codes", Per.NETWORK, 10, MINUTE)
UNKNOWN_CODES_FROM_NETWORK = Limit("unknown codes of ten minutes", Per.NETWORK, 300, TEN_MINUTES, alerts=True)
UNKNOWN_CODES_IN_ALL = Limit("unknown codes of everybody", Per.EVERYBODY, 50, SECOND, alerts=True)

# Signing in. Failures for one name; NIST SP 800-63B-4, section 3.2.2, allows a hundred.
NAME = Limit("failures for a name", Per.NAME, 100, 30 * DAY, Kept.DATABASE)
NAME_FROM_NETWORK = Limit("failures for a name from a network", Per.NAME, 5, DAY, Kept.DATABASE)
# One password tried on many accounts. A school of 1,500 behind one address has some dozen typos in a morning.
WRONG_PASSWORDS = Limit(
    "wrong passwords", Per.NETWORK, 100, DAY, Kept.DATABASE, one_each=timedelta(seconds=30), alerts=True
)
CLASS_CODE = Limit("failures for a class code", Per.NAME, 100, DAY, Kept.DATABASE)
JUNK_CLASS_CODES = Limit(
    "class codes that are not open",
    Per.NETWORK,
    60,
    DAY,
    Kept.DATABASE,
    one_each=timedelta(seconds=5),
    alerts=True,
)
LINKS = Limit("links by mail", Per.NAME, 5, HOUR, Kept.DATABASE)
BIRTHDATES = Limit("dates of birth compared with a share", Per.NAME, 5, HOUR, Kept.DATABASE)
# at the desk, without an account: each list may hold fifty codes
LISTS = Limit("lists taken", Per.NETWORK, 10, HOUR)
# offers of visits and wishes of classes, sent without an account: a person reads each of them
VISIT_FORMS = Limit("forms about visits", Per.NETWORK, 10, HOUR)
VISIT_FORMS_IN_ALL = Limit("forms about visits of everybody", Per.EVERYBODY, 200, HOUR, alerts=True)

# A fifth of the time of both file readers. An ordinary PDF takes less than half a second.
READER_TIME = Limit("milliseconds of readers", Per.NETWORK, 120_000, 5 * MINUTE)

_DOOR = Post((300, TEN_MINUTES), (3000, MINUTE), Counted.FAILED)
_STEP = Post((300, TEN_MINUTES), (3000, MINUTE))
_MAIL = Post((120, TEN_MINUTES), (600, MINUTE), keeps=("email",))
# API clients: the limit of each network is a setting (`api`)
_MACHINE = Post((60, MINUTE), (6000, MINUTE), Counted.WORK)

# Every route that accepts posts without an account, by its endpoint. The service does not start if one is
# missing here.
POSTS: dict[str, Post] = {
    "sessions.sign_in": Post((300, TEN_MINUTES), (3000, MINUTE), Counted.FAILED, keeps=("email",)),
    # signing out on a shared computer must not be blocked: a whole school does so when the bell rings
    "sessions.sign_out": Post((6000, TEN_MINUTES), (30_000, MINUTE)),
    "links.ask_to_sign_in": _MAIL,
    "links.ask_for_password": _MAIL,
    "links.sign_in": _STEP,
    "links.new_password": _STEP,
    "invitations.show": Post((120, TEN_MINUTES), (600, MINUTE)),
    # far above JUNK_CLASS_CODES, which does not block a classmate with a valid code, while this would
    "class_codes.enter": Post((3000, TEN_MINUTES), (6000, MINUTE), Counted.FAILED, keeps=("class_code",)),
    "second.show": _DOOR,
    "second.recovery": _DOOR,
    "second.begin_app": _STEP,
    "second.app": _STEP,
    "second.passkey": _STEP,
    "passkeys.options": _STEP,
    "passkeys.new_options": _STEP,
    "passkeys.sign_in": _DOOR,
    # an enrolment hall: fifty desks behind one address, each checking a code every ten seconds
    "checks.ask": Post((3000, TEN_MINUTES), (6000, MINUTE), Counted.WORK, keeps=("code", "text")),
    "checks.compare": Post((1000, TEN_MINUTES), (3000, MINUTE)),
    "receipts.find": Post((3000, TEN_MINUTES), (6000, MINUTE), keeps=("number",)),
    "desk.take": Post((300, TEN_MINUTES), (600, MINUTE), keeps=("pasted",)),
    "desk.delete": _STEP,
    # above VISIT_FORMS, whose refusal gives all of the form back
    "visit_forms.offer": _STEP,
    "visit_forms.wish": _STEP,
    "visit_pages.show": _STEP,
    "api.verify_credential": _MACHINE,
    "api.verify_presentation": _MACHINE,
    "code_checks.check_codes": _MACHINE,
}


def api(per: Per, most: int, within: timedelta, endpoint: str) -> Limit:
    """Return the limit of API requests: for a network or for an API key, each counted separately."""
    return Limit(f"requests to {endpoint}", per, most, within)
