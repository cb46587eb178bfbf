"""Setting up a second factor: what sign-in and the account page have in common."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

import structlog
from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired

from passport.adapters import qr
from passport.jobs import queue as job_queue
from passport.services.access import passkeys, second_factor
from passport.services.core.errors import WrongCode, WrongPasskey
from passport.services.people import accounts
from passport.web.access.signing_in import why_wrong
from passport.web.core import devices
from passport.web.core.runtime import runtime, secrets
from passport.web.core.widgets import Form, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing, reading

log = structlog.get_logger()
LARGEST_ANSWER = 16 * 1024


class FirstCodeForm(Form):
    """The first code of an authenticator app."""

    code = StringField(
        _l("Code that the app shows"),
        [InputRequired(_l("Enter the code that the app shows"))],
        widget=TextInput(),
    )


def host() -> str:
    """Return our host name, the passkeys' relying party ID."""
    return urlsplit(runtime().settings.public_url).hostname or ""


def site() -> tuple[str, str]:
    """Return our host name and origin, as a browser names them."""
    return host(), runtime().settings.public_url


def begin_app(reference: str) -> None:
    """Begin to set up an authenticator app."""
    with changing() as work:
        second_factor.begin_app(work.session, accounts.known(work.session, reference), secrets(), work.at)


def set_up_app(reference: str, back: str) -> ResponseReturnValue | None:
    """Render the page that sets up an app, after `begin_app`; return None once its first code was right."""
    form = FirstCodeForm()
    if form.validate_on_submit():
        try:
            with changing() as work:
                account = accounts.known(work.session, reference)
                second_factor.confirm_app(work.session, account, form.code.data or "", secrets(), work.at)
            job_queue.wake()
            return None
        except WrongCode as wrong:
            remember(reference, wrong)
            form.add_error("code", why_wrong(wrong))
    with reading() as work:
        account = accounts.known(work.session, reference)
        letters = second_factor.letters_of(work.session, account, secrets()) or ""
        uri = second_factor.address_of(letters, account)
    picture = "data:image/svg+xml;base64," + base64.b64encode(qr.svg(uri).encode()).decode()
    groups = " ".join(letters[place : place + 4] for place in range(0, len(letters), 4))
    shown = {"picture": picture, "groups": groups, "uri": uri, "back_to": back}
    return render_template("access/second_step/app.html", form=form, **shown)


def remember(reference: str, wrong: WrongCode) -> None:
    """Record a code refused because of a wrong clock, so that it is not accepted when its time comes."""
    if wrong.step is not None:
        with changing() as work:
            second_factor.remember_explained(
                work.session, accounts.known(work.session, reference), wrong, work.at
            )


def options_to_add(reference: str) -> Response:
    """Return the options that a browser needs to make a passkey."""
    with changing() as work:
        account = accounts.known(work.session, reference)
        name = account.programme.name
        options = passkeys.options_to_add(work.session, account, (host(), name), work.at)
    return Response(options, mimetype="application/json")


def add_passkey(reference: str) -> str:
    """Store the posted passkey; return why it cannot be stored, or an empty string."""
    agent = request.user_agent.string
    name = " ".join(filter(None, (devices.browser_of(agent), devices.system_of(agent))))
    try:
        with changing() as work:
            account = accounts.known(work.session, reference)
            passkeys.add(work.session, account, posted_answer(), name, site(), work.at)
    except WrongPasskey as error:
        log.warning("passkey refused", reason=str(error))
        return _("Your device could not make a passkey. Try again, or use an app instead")
    job_queue.wake()
    return ""


def posted_answer() -> str:
    """Return the posted passkey response, as JSON. Raises WrongPasskey for anything else."""
    answer = request.form.get("response", "")[:LARGEST_ANSWER]
    try:
        if isinstance(json.loads(answer), dict):
            return answer
    except (ValueError, RecursionError) as error:  # the second for nested brackets
        raise WrongPasskey("no JSON") from error
    raise WrongPasskey("no object")


def recovery_page(reference: str, onwards: str) -> ResponseReturnValue:
    """Make new recovery codes and show them, in this response only."""
    with changing() as work:
        codes = second_factor.new_recovery_codes(
            work.session, accounts.known(work.session, reference), work.at
        )
    return render_template("access/second_step/codes.html", codes=codes, onwards=onwards)
