"""The description of the machines' interface (OpenAPI 3.1), generated from its models."""

from __future__ import annotations

from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from passport.web.checking.api.operations import JSON, OPERATIONS, Operation
from passport.web.core.problems import PROBLEM, Problem

PLACE = "#/components/schemas/{model}"
# Every operation may return these
PROBLEMS = {
    400: "The request is not one that can be answered",
    413: "The body is too large",
    415: "The body is not application/json in UTF-8",
    429: "Too many requests; Retry-After says when to come again",
    503: "The service cannot answer now",
}
Schema = dict[str, Any]
KEY = "apiKey"


def describe(app: Flask, public_url: str) -> Schema:
    """Return the description of every operation of this application."""
    served = {name: one for name, one in OPERATIONS.items() if name in app.view_functions}
    models = {model for one in served.values() for model in (one.question, *one.answers.values())} | {Problem}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, written = models_json_schema([(model, "validation") for model in ordered], ref_template=PLACE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Skills Passport: checks for machines", "version": "1"},
        "servers": [{"url": public_url}],
        "paths": {one.path: {"post": _operation(name, one)} for name, one in served.items()},
        "components": {
            "schemas": written["$defs"],
            "securitySchemes": {KEY: {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(name: str, one: Operation) -> Schema:
    answers: dict[str, Schema] = {}
    for status, words in (PROBLEMS | dict(one.problems)).items():
        answers[str(status)] = {"description": words, "content": {PROBLEM: _content(Problem)}}
    for limited in ("429", "503"):
        answers[limited]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    for status, model in one.answers.items():
        answer = answers.setdefault(str(status), {"description": "Done", "content": {}})
        answer["content"][JSON] = _content(model)
    described: Schema = {
        "operationId": name.partition(".")[2],
        "summary": one.summary,
        "requestBody": {"required": True, "content": {JSON: _content(one.question)}},
        "responses": dict(sorted(answers.items())),
    }
    if one.headers:
        described["parameters"] = [_header(name, words) for name, words in one.headers.items()]
    if one.key:
        described["security"] = [{}, {KEY: []}]
    return described


def _header(name: str, words: str) -> Schema:
    return {"name": name, "in": "header", "description": words, "schema": {"type": "string"}}


def _content(model: type[BaseModel]) -> Schema:
    return {"schema": {"$ref": PLACE.format(model=model.__name__)}}
