"""The web layer: blueprints and forms over the services. The only layer that knows HTTP."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from passport.services.checking import shown_contents
from passport.web.access import (
    account,
    class_codes,
    links,
    own_factors,
    passkeys,
    providers,
    reauthentication,
    second_step,
    sessions,
    staying,
)
from passport.web.checking import (
    api,
    check_page,
    checks,
    demo_codes,
    desk,
    institution_desk,
    letters,
    reasons,
    receipts,
)
from passport.web.checking.api import code_checks
from passport.web.core import (
    errors,
    filters,
    headers,
    identity,
    kept_forms,
    limits,
    notices,
    requests,
    route_access,
    static,
    tokens,
    translating,
)
from passport.web.core.runtime import runtime
from passport.web.core.widgets import error_summary
from passport.web.credentials import entry_office, evidence_reading, own_entries, withdrawals
from passport.web.endorsements import (
    batches,
    confirmations,
    decisions,
    digests,
    exclusions,
    notes,
)
from passport.web.evidence import evidence_files, evidence_holds, logging, reading_log, scribing
from passport.web.people import (
    champions,
    grants,
    home,
    institutions,
    invitations,
    onboarding,
    rollover,
    staff,
    student_details,
    students,
)
from passport.web.people.imports import lists as student_lists
from passport.web.privacy import my_data, my_requests, privacy_requests
from passport.web.programmes import (
    closed_days,
    cohorts,
    managing,
    programmes,
    schools,
    screening,
    sectors,
)
from passport.web.programmes.activities import attendance, menu, own, proposals
from passport.web.programmes.activities import sessions as activity_sessions
from passport.web.programmes.frameworks import case_provider, framework_files, published, publishing
from passport.web.programmes.frameworks import comments as framework_comments
from passport.web.programmes.frameworks import crosswalks as framework_crosswalks
from passport.web.programmes.frameworks import drafts as framework_drafts
from passport.web.programmes.frameworks import sign_offs as framework_sign_offs
from passport.web.programmes.frameworks import uploads as framework_uploads
from passport.web.programmes.visits import calendar, challenges, hosts, planning, public_forms, visit_page
from passport.web.reporting import health, overview
from passport.web.safeguarding import claims, handed_up, suspensions, transfers, worries
from passport.web.sharing import codes, prints, renewals, shares
from passport.web.trust import conformance, employers, public_files

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BODY = 64 * 1024
BLUEPRINTS = (
    my_data,
    my_requests,
    privacy_requests,
    health,
    home,
    sessions,
    links,
    class_codes,
    second_step,
    passkeys,
    account,
    reauthentication,
    own_factors,
    providers,
    invitations,
    logging,
    evidence_files,
    evidence_holds,
    worries,
    handed_up,
    scribing,
    screening,
    decisions,
    batches,
    onboarding,
    digests,
    exclusions,
    confirmations,
    notes,
    own_entries,
    shares,
    codes,
    prints,
    checks,
    check_page,
    receipts,
    published,
    framework_files,
    case_provider,
    framework_uploads,
    public_files,
    demo_codes,
    letters,
    overview,
    entry_office,
    evidence_reading,
    withdrawals,
    grants,
    reading_log,
    renewals,
    menu,
    activity_sessions,
    own,
    attendance,
    proposals,
    programmes,
    notices,
    staying,
    desk,
    institution_desk,
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
    rollover,
    student_details,
    student_lists,
    claims,
    transfers,
    suspensions,
    institutions,
    closed_days,
    public_forms,
    planning,
    visit_page,
    hosts,
    challenges,
    framework_drafts,
    framework_crosswalks,
    framework_comments,
    framework_sign_offs,
    publishing,
    calendar,
)


def register(app: Flask) -> None:
    """Register every page on ``app``, which holds the runtime as its extension "passport".

    Raises UndeclaredRoute for a route that does not declare its audience.
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
    # in this order: the limits refuse a request before anything else examines it
    limits.use(app, settings)
    tokens.use(app)
    route_access.enforce(app)
    reauthentication.enforce(app)
    kept_forms.use(app)
    headers.send(app, https)


def _use_templates(app: Flask) -> None:
    kit = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), PrefixLoader(kit)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_global(error_summary)
    app.add_template_global(check_page.delivered, "checker")
    translating.use(app, filters.LOCALE)
    app.context_processor(_for_every_page)
    app.jinja_env.globals.update(
        shows=shown_contents.shows,
        seen_of=shown_contents.shown,
        reason_of=reasons.reason_of,
        reasons_of_the_reader=reasons.of_the_reader,
    )


def _for_every_page() -> dict[str, object]:
    return {
        "demo": runtime().demo,
        "public_url": runtime().settings.public_url,
        "is_public": route_access.is_public_page(),
        "can": route_access.can,
        "was_kept": kept_forms.was_kept,
        "unread": notices.unread,
        "sign_in_ends": staying.ends,
    }
