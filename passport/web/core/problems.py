"""Errors as machines read them: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

PROBLEM = "application/problem+json"
NO_MORE_TO_SAY = "about:blank"


class Model(BaseModel):
    """Nothing is guessed: a member of another type, or one more, is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Fault(Model):
    """What is wrong with one member of a request."""

    path: str
    message: str


class Problem(Model):
    """An error (RFC 9457): the request was not one that could be answered."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[Fault] = []


def problem(told: Problem) -> Response:
    """An error with more to say."""
    return Response(told.model_dump_json(by_alias=True), told.status, content_type=PROBLEM)


def plain_problem(status: int) -> Response:
    """An error that its status says all about."""
    return problem(Problem(type=NO_MORE_TO_SAY, title=HTTPStatus(status).phrase, status=status))
