"""`POST /api/checks`: one code or many, with the verdicts of their pages and no more data than these."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace

import structlog
from flask import Blueprint, Response, request

from passport.services import DatabaseUnavailable
from passport.services.checking import checks, machine_checks, pasted
from passport.services.checking.machine_checks import Asked, MachineCheck
from passport.services.core import idempotency
from passport.services.core.idempotency import Begun
from passport.services.people.institutions import ApiKey
from passport.web.checking import unknown_codes
from passport.web.checking.api.code_models import MANY, CodesAnswer, CodesQuestion
from passport.web.checking.api.operations import JSON, operation
from passport.web.core import api_keys
from passport.web.core.problems import NO_MORE_TO_SAY, Problem, problem
from passport.web.core.runtime import runtime
from passport.web.core.work import changing, changing_briefly, glancing

log = structlog.get_logger()
blueprint = Blueprint("code_checks", __name__, url_prefix="/api")
WITHOUT_A_KEY = 50
OK, UNAUTHORISED, CONFLICT, UNFIT = 200, 401, 409, 422
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,100}")


@operation(
    blueprint,
    "/checks",
    f"Check codes: up to {MANY} at a time with an API key, {WITHOUT_A_KEY} without",
    CodesQuestion,
    {OK: CodesAnswer},
    unfit=UNFIT,
    problems={
        UNAUTHORISED: "The API key is wrong or was revoked, or one is needed",
        CONFLICT: "A request with this Idempotency-Key is being answered",
        UNFIT: "A member is not as it should be, there are too many codes, or the key is another request's",
    },
    headers={"Idempotency-Key": "The same key and body get the same answer for 24 hours. Needs an API key"},
    key=True,
)
def check_codes(question: CodesQuestion) -> tuple[CodesAnswer, int] | Response:
    """Check every code in the question, in order."""
    key = request.headers.get("Idempotency-Key")
    if "Authorization" not in request.headers:
        return _without_a_key(question, key)
    asking_key = api_keys.shown()
    if asking_key is None:
        return _unauthorised("The API key is wrong or was revoked")
    if key is None:
        return _answer(question), OK
    if not IDEMPOTENCY_KEY.fullmatch(key):
        return _unfit("An Idempotency-Key has 1 to 100 visible characters of ASCII")
    return _once(question, asking_key, key)


def _without_a_key(question: CodesQuestion, key: str | None) -> tuple[CodesAnswer, int] | Response:
    """Answer a few codes without an account, with the limits of the pages against guessing."""
    if key is not None:
        return _unauthorised("An Idempotency-Key needs an API key")
    if len(question.checks) > WITHOUT_A_KEY:
        return _unfit(f"Without an API key at most {WITHOUT_A_KEY} codes are checked at a time")
    return _answer(question), OK


def _once(question: CodesQuestion, asking_key: ApiKey, key: str) -> Response:
    """Answer an idempotent request: a repeated request gets the bytes of the first response."""
    asked = hashlib.sha256(question.model_dump_json().encode()).hexdigest()
    with changing() as work:
        begun = idempotency.begin(work.session, asking_key, key, asked, work.at)
    if begun is Begun.OTHER_REQUEST:
        return _unfit("This Idempotency-Key belongs to another request")
    if begun is Begun.IN_FLIGHT:
        words = "A request with this Idempotency-Key is being answered"
        return problem(Problem(type=NO_MORE_TO_SAY, title="Conflict", status=CONFLICT, detail=words))
    if isinstance(begun, bytes):
        return Response(begun, OK, content_type=JSON)
    try:
        body = _answer(question).model_dump_json(by_alias=True).encode()
        with changing() as work:
            body = idempotency.keep(work.session, asking_key, key, body)
    except Exception:
        with changing() as work:
            idempotency.give_up(work.session, asking_key, key)
        raise
    return Response(body, OK, content_type=JSON)


def _answer(question: CodesQuestion) -> CodesAnswer:
    told = _told([_read(one.asked()) for one in question.checks])
    results = unknown_codes.answerable(one.result for one in told)
    answered = [replace(one, result=result) for one, result in zip(told, results, strict=True)]
    return CodesAnswer.of(question, answered)


def _read(asked: Asked) -> Asked:
    """Return the check with the code that was meant: people type full stops, labels and whole addresses."""
    found = pasted.in_cell(asked.code, runtime().settings.public_url)
    alone = len(found.codes) == 1 and not found.fragments
    return replace(asked, code=found.codes[0]) if alone else asked


def _told(asked: list[Asked]) -> list[MachineCheck]:
    """Perform the checks; those with a date of birth are committed before they are answered."""
    published, max_age = checks.look(runtime().public), runtime().settings.status_max_age
    if any(one.born_on for one in asked):
        with changing() as work:
            return [machine_checks.compare(work.session, published, one, work.at, max_age) for one in asked]
    with glancing() as work:
        told = [machine_checks.look_up(work.session, published, one, work.at, max_age) for one in asked]
    return _noted(told) if any(one.needs_receipt for one in told) else told


def _noted(told: Iterable[MachineCheck]) -> list[MachineCheck]:
    """Add receipts. If the database is unavailable, the checks are answered without them."""
    told = list(told)
    try:
        with changing_briefly() as work:
            return [machine_checks.noted(work.session, one) for one in told]
    except DatabaseUnavailable as error:
        log.error("checks have no receipt", reason=str(error))
        return told


def _unauthorised(words: str) -> Response:
    refused = problem(Problem(type=NO_MORE_TO_SAY, title="Unauthorized", status=UNAUTHORISED, detail=words))
    refused.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, section 11.6.1
    return refused


def _unfit(words: str) -> Response:
    return problem(Problem(type=NO_MORE_TO_SAY, title="Unprocessable Content", status=UNFIT, detail=words))
