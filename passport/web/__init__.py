"""Pages: blueprints and forms over the services. The only room that knows HTTP."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from passport.web import (
    access,
    account,
    activities,
    api,
    batches,
    champions,
    checker,
    checks,
    class_codes,
    closed_days,
    codes,
    cohorts,
    confirmations,
    confirming,
    conformance,
    credentials,
    demo,
    desk,
    digests,
    employers,
    endorsements,
    entries,
    errors,
    evidence,
    evidence_files,
    evidence_holds,
    evidence_reading,
    filters,
    frameworks,
    grants,
    handed_up,
    headers,
    health,
    home,
    identity,
    institution,
    institutions,
    invitations,
    kept,
    letters,
    limits,
    links,
    looks,
    managing,
    notes,
    notices,
    onboarding,
    overview,
    own_factors,
    passing_on,
    passkeys,
    prints,
    programmes,
    providers,
    published,
    receipts,
    renewals,
    requests,
    schools,
    screening,
    scribing,
    second,
    sectors,
    sessions,
    shares,
    staff,
    static,
    staying,
    students,
    suspensions,
    tokens,
    transfers,
    translating,
    withdrawals,
    worries,
)
from passport.web.api import code_checks
from passport.web.runtime import runtime
from passport.web.widgets import error_summary

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BODY = 64 * 1024
BLUEPRINTS = (
    health,
    home,
    sessions,
    links,
    class_codes,
    second,
    passkeys,
    account,
    confirming,
    own_factors,
    providers,
    invitations,
    evidence,
    evidence_files,
    evidence_holds,
    worries,
    handed_up,
    scribing,
    screening,
    endorsements,
    batches,
    onboarding,
    digests,
    passing_on,
    confirmations,
    notes,
    credentials,
    shares,
    codes,
    prints,
    checks,
    checker,
    receipts,
    frameworks,
    published,
    demo,
    letters,
    overview,
    entries,
    evidence_reading,
    withdrawals,
    grants,
    looks,
    renewals,
    activities,
    programmes,
    notices,
    staying,
    desk,
    institution,
    api,
    code_checks,
    managing,
    sectors,
    schools,
    employers,
    champions,
    cohorts,
    staff,
    students,
    transfers,
    suspensions,
    institutions,
    closed_days,
)


def register(app: Flask) -> None:
    """Put every page on ``app``, which holds the runtime as its extension "passport".

    Raises UndeclaredRoute for a route that does not say who may call it.
    """
    https = app.extensions["passport"].settings.is_https
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    requests.use(app)
    identity.use(app, https)
    providers.use(app, app.extensions["passport"].settings.providers)
    errors.use(app)
    filters.use(app)
    _use_templates(app)
    static.use(app)
    health.use(app)
    settings = app.extensions["passport"].settings
    for module in (*BLUEPRINTS, conformance) if settings.conformance else BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    # in this order: who asks too often is told so before anything else is looked at
    limits.use(app, settings)
    tokens.use(app)
    access.enforce(app)
    confirming.enforce(app)
    kept.use(app)
    headers.send(app, https)


def _use_templates(app: Flask) -> None:
    kit = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), PrefixLoader(kit)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_global(error_summary)
    app.add_template_global(checker.delivered, "checker")
    translating.use(app, filters.LOCALE)
    app.context_processor(_for_every_page)


def _for_every_page() -> dict[str, object]:
    return {
        "demo": runtime().demo,
        "public_url": runtime().settings.public_url,
        "is_public": access.is_public_page(),
        "can": access.can,
        "was_kept": kept.was_kept,
        "unread": notices.unread,
        "sign_in_ends": staying.ends,
    }
