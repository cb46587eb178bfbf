"""Errors as machines read them: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from passport.web.checking.api.models import Problem

PROBLEM = "application/problem+json"
NO_MORE_TO_SAY = "about:blank"


def problem(told: Problem) -> Response:
    """An error with more to say."""
    return Response(told.model_dump_json(by_alias=True), told.status, content_type=PROBLEM)


def plain_problem(status: int) -> Response:
    """An error that its status says all about."""
    return problem(Problem(type=NO_MORE_TO_SAY, title=HTTPStatus(status).phrase, status=status))
