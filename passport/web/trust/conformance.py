"""The test mode's own routes: sign what a conformance suite sends, and check with its keys.

No real service has them.
"""

from __future__ import annotations

from flask import Blueprint, Response

from passport.proofs import json_text
from passport.services.checking import stored_entries, suites
from passport.services.checking.verifications import Handed
from passport.services.trust import conformance
from passport.services.trust.conformance import LISTS, CannotBeIssued, Form, Purpose, Status, Suite
from passport.verifier.problems import MALFORMED
from passport.web.checking.api.models import (
    CredentialAnswer,
    IssueAnswer,
    IssueQuestion,
    KeyQuestion,
    StatusWish,
)
from passport.web.checking.api.operations import operation
from passport.web.core import route_access as who
from passport.web.core.problems import Problem, problem
from passport.web.core.runtime import runtime
from passport.web.core.work import reading
from passport.web.trust.public_files import credential_type

blueprint = Blueprint("conformance", __name__)
OK, CREATED, BAD_REQUEST = 200, 201, 400


@blueprint.errorhandler(CannotBeIssued)
def refused(error: CannotBeIssued) -> Response:
    """Return the reason as a problem, in our own words."""
    return problem(Problem(type=MALFORMED, title="This cannot be signed", status=400, detail=str(error)))


@operation(
    blueprint,
    "/credentials/issue",
    "Test mode: sign a credential whose issuer is the demo's issuing key as a did:key",
    IssueQuestion,
    {CREATED: IssueAnswer},
)
def issue_credential(question: IssueQuestion) -> tuple[IssueAnswer, int]:
    """Sign one credential."""
    options = question.options
    form, suite = Form(options.media_type), Suite(options.cryptosuite)
    with reading() as work:
        own, at = conformance.test_issuer(work.session, runtime().keys), work.at
    signed = conformance.issue(own, question.credential, at, form, suite, _status(options.credential_status))
    return IssueAnswer(verifiable_credential=signed), CREATED


@operation(
    blueprint,
    "/credentials/verify-with-key",
    "Test mode: check a credential with the verification method that comes with it",
    KeyQuestion,
    {OK: CredentialAnswer, BAD_REQUEST: CredentialAnswer},
)
def verify_with_key(question: KeyQuestion) -> tuple[CredentialAnswer, int]:
    """Check one credential; the key counts for the method's controller alone."""
    service, published = runtime(), stored_entries.look(runtime().public)
    url, max_age = service.settings.public_url, service.settings.status_max_age
    with reading() as work:
        judge = suites.judge(
            work.session, service.keys, published, url, work.at, max_age, question.verification_method
        )
        found = judge.credential(Handed.of(question.verifiable_credential))
    return CredentialAnswer.of(found), OK if found.verified else BAD_REQUEST


@blueprint.get(f"{LISTS}<any(revocation, suspension):purpose>")
@who.public
def status_list(purpose: str) -> Response:
    """Send the test mode's status list of a purpose, signed now."""
    with reading() as work:
        own, at = conformance.test_issuer(work.session, runtime().keys), work.at
    signed = conformance.list_of(own, Purpose(purpose), runtime().settings.public_url, at)
    response = Response(json_text.write(signed), mimetype=credential_type())
    response.vary.add("Accept")
    return response


def _status(wish: StatusWish | None) -> Status | None:
    if wish is None:
        return None
    return Status(Purpose(wish.status_purpose), runtime().settings.public_url, wish.status_reference)
