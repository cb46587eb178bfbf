"""The front page, the student's home, and the pages of small print."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from passport.services.core.rights import Action, How, Who, of_role
from passport.services.credentials import entry_search, lifecycle
from passport.services.endorsements import confirmations
from passport.services.evidence import drafting, to_log
from passport.services.people import enrolments
from passport.services.programmes import creation
from passport.services.sharing import renewals, shares
from passport.web.checking.soundness import look, unsound
from passport.web.core import route_access as who
from passport.web.core.work import reading, reading_own
from passport.web.programmes import colours

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@who.public
def front() -> ResponseReturnValue:
    """Show the front page with three ways on: check a code, students, staff and champions."""
    with reading() as work:
        programme = creation.only_programme(work.session, None)
    # after the transaction: the page reads published files
    return render_template("people/home/front.html", programme=programme)


@blueprint.get("/home")
@who.may(Action.OWN_RECORD, How.OWN)
def student() -> ResponseReturnValue:
    """Show what to do next, the student's entries and their evidence."""
    published = look()
    with reading_own() as work:
        logged = drafting.mine(work.session, work.account)
        entries = lifecycle.mine(work.session, work.account)
        return render_template(
            "people/home/student.html",
            account=work.account,
            evidence=logged,
            confirmed=confirmations.among(work.session, logged),
            entries=entries,
            damaged=unsound(work, published, entries),
            outdated=renewals.outdated(work.session, work.account, work.at),
            to_log=to_log.waiting(work.session, work.account, work.at),
            may_write=enrolments.may_write(work.session, work.account),
            active=[one for one in shares.mine(work.session, work.account) if shares.is_active(one, work.at)],
            asked=entry_search.whom_to_ask(work.session, work.account),
            now=work.at,
        )


@blueprint.get("/help")
@who.public
def help_page() -> ResponseReturnValue:
    """Explain how checking works, and show the contact."""
    with reading() as work:
        programme = creation.only_programme(work.session, None)
        return render_template("people/home/help.html", programme=programme)


@blueprint.get("/help/who-may")
@who.public
def who_may() -> ResponseReturnValue:
    """Show who may see and do what: the table of rights that the service itself uses."""
    rights = {str(one): who.usable(of_role(one)) for one in Who}
    return render_template(
        "people/home/who_may.html", rights={role: held for role, held in rights.items() if held}
    )


@blueprint.get("/help/formats")
@who.public
def formats() -> ResponseReturnValue:
    """Describe the printed code's format for people who write a reader of it."""
    return render_template("people/home/formats.html")


@blueprint.get("/privacy")
@who.public
def privacy() -> ResponseReturnValue:
    """Show the short privacy notice."""
    return render_template("people/home/privacy.html")


@blueprint.get("/accessibility")
@who.public
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement."""
    return render_template("people/home/accessibility.html")


@blueprint.get("/programme.css")
@who.public
def colour() -> ResponseReturnValue:
    """Return one CSS rule with the colour of the given programme, or of the only one."""
    with reading() as work:
        programme = creation.only_programme(work.session, request.args.get("programme"))
        rule = colours.rule(programme.colour) if programme else ""
    response = Response(rule, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
