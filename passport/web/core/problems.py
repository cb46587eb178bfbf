"""Errors for machines: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

PROBLEM = "application/problem+json"
NO_MORE_TO_SAY = "about:blank"


class Model(BaseModel):
    """Strict base model: a member of the wrong type or an unknown member is refused."""

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
    """Return an error response with details."""
    return Response(told.model_dump_json(by_alias=True), told.status, content_type=PROBLEM)


def plain_problem(status: int) -> Response:
    """Return an error response that needs no more than its status."""
    return problem(Problem(type=NO_MORE_TO_SAY, title=HTTPStatus(status).phrase, status=status))
