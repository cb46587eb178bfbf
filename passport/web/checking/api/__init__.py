"""The public API for machines (VC-API): verify a credential, verify a presentation. It changes nothing.

No cookie is read or set, so there is nothing to forge: these routes declare themselves with `who.machine`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from passport.services.checking import stored_entries, suites, verifications
from passport.services.checking.verifications import Handed, Judge
from passport.verifier.holder import Question
from passport.web.checking.api.models import (
    CredentialAnswer,
    CredentialQuestion,
    PresentationAnswer,
    PresentationQuestion,
)
from passport.web.checking.api.openapi import describe
from passport.web.checking.api.operations import operation
from passport.web.core import limits
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("api", __name__)
OK, BAD_REQUEST = 200, 400


@operation(
    blueprint,
    "/credentials/verify",
    "Check a credential: JSON with an eddsa-rdfc-2022 proof, or a vc+jwt, alone or with something around it",
    CredentialQuestion,
    {OK: CredentialAnswer, BAD_REQUEST: CredentialAnswer},
)
def verify_credential(question: CredentialQuestion) -> tuple[CredentialAnswer, int]:
    """Check one credential."""
    handed = Handed.of(question.verifiable_credential)
    limits.has_credentials(handed.number)
    with _judging() as judge:
        found = judge.credential(handed)
    return CredentialAnswer.of(found), OK if found.verified else BAD_REQUEST


@operation(
    blueprint,
    "/presentations/verify",
    "Check every credential in a presentation, and who hands it over if that is asked or claimed",
    PresentationQuestion,
    {OK: PresentationAnswer, BAD_REQUEST: PresentationAnswer},
)
def verify_presentation(question: PresentationQuestion) -> tuple[PresentationAnswer, int]:
    """Check a presentation."""
    handed = Handed.of(question.verifiable_presentation)
    limits.has_credentials(handed.number)
    asked = Question(question.options.challenge, question.options.domain)
    with _judging() as judge:
        found = judge.presentation(handed, asked)
    return PresentationAnswer.of(found), OK if found.verified else BAD_REQUEST


@blueprint.get("/openapi.json")
@who.public
def openapi() -> ResponseReturnValue:
    """Return the OpenAPI description of the API."""
    return jsonify(describe(current_app, runtime().settings.public_url))


@contextmanager
def _judging() -> Iterator[Judge]:
    """Give a judge, who reads our record while the block lasts."""
    service, published = runtime(), stored_entries.look(runtime().public)
    url, max_age = service.settings.public_url, service.settings.status_max_age
    with reading() as work:
        if service.settings.conformance:
            yield suites.judge(work.session, service.keys, published, url, work.at, max_age)
        else:
            yield verifications.judge(work.session, published, work.at, max_age)
