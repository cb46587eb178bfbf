"""Managing a programme: the start page, and what its pages share (form fields, errors from refusals)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from passport.services.core import mailboxes, recovery
from passport.services.core.errors import EditConflict, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.text_rules import problem as text_problem
from passport.services.programmes.managing import LONGEST_NAME
from passport.services.reporting import structure
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import DayField, Form, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own

blueprint = Blueprint("managing", __name__, url_prefix="/manage")
# the form field that a refusal is about; the first that the form has
BOXES = {
    Reason.NAME_TAKEN: ("name",),
    Reason.NAME_MISSING: ("name",),
    Reason.NAME_TOO_LONG: ("name",),
    Reason.TEXT_UNUSABLE: ("name", "job_title"),
    Reason.SLUG_TAKEN: ("slug",),
    Reason.INSTITUTION_TAKEN: ("slug",),
    Reason.SLUG_UNUSABLE: ("slug",),
    Reason.EMPLOYER_ASKED: ("slug",),
    Reason.EMAIL_TAKEN: ("email",),
    Reason.SHARED_MAILBOX: ("email",),
    Reason.SECTOR_RETIRED: ("sector",),
    Reason.TIMES_OVERLAP: ("since",),
    Reason.ENDS_BEFORE_IT_STARTS: ("until", "ends"),
    Reason.OVER_ALREADY: ("until",),
    Reason.TOO_LONG: ("until",),
    Reason.CLOSED_TOO_LONG: ("until",),
    Reason.EMPLOYER_ENDED: ("employer",),
    Reason.CONTACT_IN_TITLE: ("name",),
    Reason.HOURS_OUT_OF_RANGE: ("hours",),
    Reason.ENDS_BEFORE_IT_BEGINS: ("to_time",),
    Reason.YEARS_REVERSED: ("last_year", "year_to"),
    Reason.PEOPLE_OUT_OF_RANGE: ("most", "students", "came"),
    Reason.MORE_NEEDS_THAN_PEOPLE: ("students",),
    Reason.TOO_MANY_WAITING: ("organisation", "school"),
    Reason.VISIT_IN_THE_PAST: ("held_on",),
    Reason.VISIT_TAKEN: ("held_on",),
    Reason.VISIT_NOT_BEGUN: ("came",),
    Reason.CLASS_IN_THE_FUTURE: ("held_on",),
    Reason.CONTACT_IN_BRIEF: ("brief", "outcome"),
    Reason.ADDRESS_UNUSABLE: ("film",),
    Reason.FILM_WITHOUT_CAPTIONS: ("film",),
    Reason.CONTACT_IN_ABOUT: ("about",),
    Reason.CONTACT_IN_HOST: ("host",),
    Reason.CONTACT_IN_ROUTE: ("route",),
    Reason.PLACES_OUT_OF_RANGE: ("places",),
    Reason.PLACES_TAKEN: ("places",),
    Reason.MENTORING_ALONE: ("places",),
    Reason.CAPTIONS_MISSING: ("captions",),
    Reason.YEARS_OUT_OF_RANGE: ("year_to",),
    Reason.TIMES_REVERSED: ("ends",),
    Reason.SESSION_FAR: ("held_on",),
    Reason.ACTIVITY_LOGGED: ("name",),
    Reason.PROPOSED_DAY: ("held_on",),
    Reason.HEADCOUNT_OUT_OF_RANGE: ("number",),
    Reason.UNDER_13: ("born_on",),
    Reason.TOO_OLD: ("born_on",),
}


@blueprint.get("")
@who.may(Action.STRUCTURE)
def start() -> ResponseReturnValue:
    """Show everything that can be set up, with counts."""
    with reading_own() as work:
        counts = structure.counts(work.session, work.account, work.at)
        is_open = recovery.is_open(work.session)
        return render_template(
            "programmes/managing/start.html", account=work.account, counts=counts, recovery_is_open=is_open
        )


@blueprint.get("/recovery")
@who.may(Action.STRUCTURE)
def show_recovery() -> ResponseReturnValue:
    """Show what is closed after a restored backup, why, and which command the operator must run."""
    with reading_own() as work:
        found = recovery.current(work.session)
        return render_template(
            "programmes/managing/recovery.html",
            recovery=found,
            findings=recovery.findings(found) if found else [],
        )


class NameField(StringField):
    """A name that can be signed; ``missing`` is the error for an empty field."""

    def __init__(self, label: str, *, missing: str, **kwargs: Any) -> None:
        """Take the error message."""
        super().__init__(label, widget=TextInput(), **kwargs)
        self.missing = missing

    def pre_validate(self, form: Any) -> None:
        """Collapse spaces and refuse text that could not be signed. Raises ValidationError."""
        self.data = " ".join((self.data or "").split())
        if not self.data:
            raise ValidationError(self.missing)
        if len(self.data) > LONGEST_NAME:
            raise ValidationError(_("Use at most %(most)s characters", most=LONGEST_NAME))
        if text_problem(self.data, quoted=True):
            raise ValidationError(_("Leave out signs that cannot be seen, and unusual quotation marks"))


class EmailField(StringField):
    """An email address; it may be empty only without ``missing``."""

    def __init__(self, label: str, *, missing: str = "", **kwargs: Any) -> None:
        """Take the error message for an empty field; without it the field may be empty."""
        super().__init__(label, widget=TextInput(), **kwargs)
        self.missing = missing

    def pre_validate(self, form: Any) -> None:
        """Require one address (`mailboxes.is_address`). Raises ValidationError."""
        self.data = (self.data or "").strip()
        if not self.data:
            if self.missing:
                raise ValidationError(self.missing)
            return
        if not mailboxes.is_address(self.data):
            raise ValidationError(_("Enter an email address in full, like name@example.com"))


class NeededDay(DayField):
    """A required day; ``missing`` is the error for an empty field."""

    def __init__(self, label: str, *, missing: str, **kwargs: Any) -> None:
        """Take the error message."""
        super().__init__(label, wrong=_l("Enter a day that exists, like 14 3 2026"), **kwargs)
        self.missing = missing

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Raise ValidationError if the day is missing and no other error was found."""
        if self.data is None and not self.process_errors:
            raise ValidationError(self.missing)


class PersonForm(Form):
    """A person's name and email address."""

    name = NameField(_l("Full name"), missing=_l("Enter the full name"))
    email = EmailField(_l("Email address"), missing=_l("Enter the email address"))


def needed(label: str, missing: str) -> StringField:
    """Return a required short text field."""
    return StringField(label, [InputRequired(missing)], widget=TextInput())


def told(form: Form, refused: Refused) -> None:
    """Add a refusal's words to the field that it is about. Re-raises it if the form has no such field."""
    if isinstance(refused, EditConflict) and isinstance(form, StoredForm):
        # the first box that a person fills in: the words are read before the form is sent again
        form.overtaken(next(one.name for one in form if one.name not in {"csrf_token", "seen"}))
        return
    box = next((name for name in BOXES.get(refused.reason, ()) if name in form), None)
    if box is None:
        raise refused
    form.add_error(box, refusals.at_box(refused))


def done(form: Form, act: Callable[[OwnWork], Any]) -> Any:
    """Call `act` in one transaction; return None after adding a refusal to the form's errors."""
    try:
        with changing_own() as work:
            return act(work)
    except Refused as refused:
        told(form, refused)
        return None
