"""The test mode's own route: sign what a conformance suite sends. No real service has it."""

from __future__ import annotations

from flask import Blueprint, Response

from passport.services.trust import conformance
from passport.services.trust.conformance import CannotBeIssued, Form
from passport.verifier.problems import MALFORMED
from passport.web.checking.api.models import IssueAnswer, IssueQuestion
from passport.web.checking.api.operations import operation
from passport.web.core.problems import Problem, problem
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("conformance", __name__)
CREATED = 201


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
    form = Form(question.options.media_type)
    with reading() as work:
        signed = conformance.issue(work.session, runtime().keys, question.credential, form, work.at)
    return IssueAnswer(verifiable_credential=signed), CREATED
