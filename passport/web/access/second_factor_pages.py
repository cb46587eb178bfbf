"""What setting up a second factor has in common on the way in and on the account's page."""

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
from passport.web.access.doors import why_wrong
from passport.web.core import devices
from passport.web.core.runtime import runtime, secrets
from passport.web.core.widgets import Form, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing, reading

log = structlog.get_logger()
LARGEST_ANSWER = 16 * 1024


class FirstCodeForm(Form):
    """The first code of an app."""

    code = StringField(
        _l("Code that the app shows"),
        [InputRequired(_l("Enter the code that the app shows"))],
        widget=TextInput(),
    )


def host() -> str:
    """Our host, as passkeys know us."""
    return urlsplit(runtime().settings.public_url).hostname or ""


def site() -> tuple[str, str]:
    """Our host and origin, as a browser names them."""
    return host(), runtime().settings.public_url


def begin_app(reference: str) -> None:
    """Begin to set an app up."""
    with changing() as work:
        second_factor.begin_app(work.session, accounts.known(work.session, reference), secrets(), work.at)


def set_up_app(reference: str, back: str) -> ResponseReturnValue | None:
    """The page on which an app is set up, which was begun; None once its first code was right."""
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
    """Keep that a code was refused because of a wrong clock: it is not taken when its time comes."""
    if wrong.step is not None:
        with changing() as work:
            second_factor.remember_explained(
                work.session, accounts.known(work.session, reference), wrong, work.at
            )


def options_to_add(reference: str) -> Response:
    """What a browser needs to make a passkey."""
    with changing() as work:
        account = accounts.known(work.session, reference)
        name = account.programme.name
        options = passkeys.options_to_add(work.session, account, (host(), name), work.at)
    return Response(options, mimetype="application/json")


def add_passkey(reference: str) -> str:
    """Keep the passkey that was posted; gives why it cannot be kept, or nothing."""
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
    """What the browser's passkey said, as JSON. Raises WrongPasskey for anything else."""
    answer = request.form.get("response", "")[:LARGEST_ANSWER]
    try:
        if isinstance(json.loads(answer), dict):
            return answer
    except (ValueError, RecursionError) as error:  # the second for nested brackets
        raise WrongPasskey("no JSON") from error
    raise WrongPasskey("no object")


def recovery_page(reference: str, onwards: str) -> ResponseReturnValue:
    """New recovery codes, shown in this answer and never again."""
    with changing() as work:
        codes = second_factor.new_recovery_codes(
            work.session, accounts.known(work.session, reference), work.at
        )
    return render_template("access/second_step/codes.html", codes=codes, onwards=onwards)
