"""One entry point for every machine request: its type, size, JSON and shape are checked before the view."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from passport.proofs import json_text
from passport.proofs.errors import NotJson
from passport.verifier.problems import MALFORMED, PARSING
from passport.web.core import route_access as who
from passport.web.core.problems import Fault, Problem, problem

JSON = "application/json"
LARGEST_BODY = json_text.MAX_BYTES
BAD_REQUEST = 400
Question = TypeVar("Question", bound=BaseModel)
View = Callable[[Any], tuple[BaseModel, int] | Response]


@dataclass(frozen=True)
class Operation:
    """What a view takes and returns, for its description."""

    path: str
    summary: str
    question: type[BaseModel]
    answers: Mapping[int, type[BaseModel]]
    problems: Mapping[int, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    key: bool = False


OPERATIONS: dict[str, Operation] = {}


def operation(
    blueprint: Blueprint,
    path: str,
    summary: str,
    question: type[BaseModel],
    answers: Mapping[int, type[BaseModel]],
    *,
    unfit: int = BAD_REQUEST,
    problems: Mapping[int, str] | None = None,
    headers: Mapping[str, str] | None = None,
    key: bool = False,
) -> Callable[[View], View]:
    """Register a view at a path: POST, JSON in and out, for machines.

    `unfit` is the status for JSON of another shape than the question's; `problems` are more statuses,
    `headers` more headers, and `key` says that an API key is accepted, each for the description.
    """

    def declare(view: View) -> View:
        @who.machine
        @functools.wraps(view)
        def answer() -> Response:
            asked = _read(question, unfit)
            answered = asked if isinstance(asked, Response) else view(asked)
            if isinstance(answered, Response):
                return answered
            told, status = answered
            return Response(told.model_dump_json(by_alias=True), status, content_type=JSON)

        OPERATIONS[f"{blueprint.name}.{view.__name__}"] = Operation(
            (blueprint.url_prefix or "") + path,
            summary,
            question,
            answers,
            problems or {},
            headers or {},
            key,
        )
        blueprint.post(path)(answer)
        return view

    return declare


def _read(model: type[BaseModel], unfit: int) -> BaseModel | Response:
    """Return the request's body as a model, or the error response. Raises UnsupportedMediaType."""
    if request.mimetype != JSON or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False)
    try:
        json_text.read_object(body)  # stricter than the model: no duplicate name, no NaN, no lone surrogate
    except NotJson as error:
        return problem(Problem(type=PARSING, title="This is not JSON", status=400, detail=str(error)))
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        title = "A member is missing, or not as it should be"
        return problem(Problem(type=MALFORMED, title=title, status=unfit, errors=_faults(error)))


def _faults(error: ValidationError) -> list[Fault]:
    """Return what is wrong where, without anything that was sent, not even the name of an unknown member."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [
        Fault(path=".".join(map(str, one["loc"][: _known(one["type"], len(one["loc"]))])), message=one["msg"])
        for one in found
    ]


def _known(kind: str, length: int) -> int:
    return length - 1 if kind == "extra_forbidden" else length
