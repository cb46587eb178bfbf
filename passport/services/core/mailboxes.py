"""Email addresses: what looks like one, and shared mailboxes, which no privileged account may have (P10)."""

from __future__ import annotations

import re

# local parts of shared addresses in schools, councils and companies, without numbers, dots and hyphens
NAMES = """
    abuse accounts admin administration administrator admissions all careers contact contactus council
    customerservice deputy deputyhead education enquiries enquiry everyone exams finance general governors
    head heads headmaster headmistress headteacher hello help helpdesk hr info information it itsupport mail
    library mailbox main noreply office officemanager payroll post postbox postmaster principal reception
    receptionist recruitment registrar safeguarding school schooloffice schooladmin secretary security senco
    service services sixthform staff staffroom students studentservices support team teachers webmaster
"""
SHARED = frozenset(NAMES.split())
BETWEEN = re.compile(r"[^a-z]")
LONGEST = 200
# atoms of RFC 5322, 3.2.3, with the letters of RFC 6531: no comma, semicolon, quote or bracket, so that a
# text is one address in a header whatever surrounds it
ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
LABEL = r"[^\W_][\w-]*"
ADDRESS = re.compile(rf"{ATOM}(\.{ATOM})*@{LABEL}(\.{LABEL})+")


def is_address(text: str) -> bool:
    """Return whether a text is one address: atoms, an @, a host with a dot, at most 200 characters."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None


def is_shared(email: str) -> bool:
    """Return whether an address looks like a shared mailbox: info@, the-office@, head2+x@."""
    name = email.casefold().partition("@")[0].partition("+")[0]
    bare = BETWEEN.sub("", name)
    return bare in SHARED or bare.removeprefix("the") in SHARED
