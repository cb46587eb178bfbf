"""The two public forms, sent without an account and without a cookie."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from passport.limits import VISIT_FORMS, VISIT_FORMS_IN_ALL
from passport.services.core.errors import Refused
from passport.services.programmes.visits import asking
from passport.services.programmes.visits.asking import Offer, Person, Wish
from passport.web.core import limits
from passport.web.core import route_access as who
from passport.web.core.widgets import AnyOf, Form, OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import Work, changing, reading
from passport.web.programmes.managing import EmailField, NameField, told
from passport.web.programmes.visits.fields import NeedsForm, PhoneField, TextBox, people, year

blueprint = Blueprint("visit_forms", __name__, url_prefix="/programmes/<programme>")
ANY = "any"


class PublicForm(Form):
    """A form without a token, which would need a cookie; `route_access.question` allows it."""

    class Meta(Form.Meta):
        """No token."""

        csrf = False


class OfferForm(PublicForm):
    """What an employer offers."""

    organisation = NameField(
        _l("Name of your organisation"), missing=_l("Enter the name of your organisation")
    )
    sector = OneOf(_l("Which sector is it in?"), message=_l("Choose the sector"))
    about = TextBox(_l("What would a class see and do?"), missing=_l("Enter what a class would see and do"))
    place = TextBox(_l("Where is it?"), missing=_l("Enter the address where a class comes to"))
    times = TextBox(_l("When could it be?"), missing=_l("Enter when it could be, in your own words"))
    most = people(_l("How many students at most?"), _l("Enter the most students that can come, like 24"))
    first_year = year(_l("From which year group?"))
    last_year = year(_l("Up to which year group?"))
    access = AnyOf(
        _l("What does the place have?"),
        gone=_l("Choose from what is offered"),
        choices=choices(*asking.PROVISIONS),
    )
    kit = TextBox(_l("What does the class have to wear or bring?"))
    risk_assessment = OneOf(
        _l("Is there a risk assessment for visits?"),
        message=_l("Choose whether there is a risk assessment"),
        choices=choices(*asking.RISK_ASSESSMENTS),
    )
    insurance = OneOf(
        _l("Does your public liability insurance cover visits of school classes?"),
        message=_l("Choose whether you are insured for it"),
        choices=choices(*asking.INSURANCE),
    )
    contact = NameField(_l("Your full name"), missing=_l("Enter your full name"))
    email = EmailField(_l("Your email address"), missing=_l("Enter your email address"))
    phone = PhoneField(_l("Telephone number on the day"))
    listed = OneOf(
        _l("May we name your organisation on our public list of hosts?"),
        message=_l("Choose whether we may name your organisation"),
        choices=choices("yes", "no"),
    )

    def told(self) -> Offer:
        """Return the values as an Offer."""
        return Offer(
            organisation=self.organisation.data or "",
            person=Person(self.contact.data or "", self.email.data or "", self.phone.data or ""),
            sector=self.sector.data,
            about=self.about.data or "",
            place=self.place.data or "",
            times=self.times.data or "",
            most=self.most.data or 0,
            first_year=self.first_year.data or 0,
            last_year=self.last_year.data or 0,
            access=tuple(self.access.data or ()),
            kit=self.kit.data or "",
            risk_assessment=self.risk_assessment.data,
            insurance=self.insurance.data,
            listed=self.listed.data == "yes",
        )


class WishForm(NeedsForm, PublicForm):
    """What a class would like."""

    school = NameField(_l("Name of your school"), missing=_l("Enter the name of your school"))
    year_group = year(_l("Which year group?"))
    students = people(_l("How many students?"), _l("Enter the number of students, like 24"))
    adults = people(_l("How many adults come with them?"), _l("Enter the number of adults, like 3"))
    sector = OneOf(_l("Which sector would you like to see?"), message=_l("Choose a sector, or any"))
    wish = TextBox(
        _l("What would you like the class to see or learn?"),
        missing=_l("Enter what you would like the class to see or learn"),
    )
    times = TextBox(_l("When could it be?"), missing=_l("Enter when it could be, in your own words"))
    contact = NameField(_l("Your full name"), missing=_l("Enter your full name"))
    email = EmailField(_l("Your email address at school"), missing=_l("Enter your email address at school"))
    phone = PhoneField(_l("The school's telephone number in an emergency on the day"))

    def told(self) -> Wish:
        """Return the values as a Wish."""
        return Wish(
            school=self.school.data or "",
            person=Person(self.contact.data or "", self.email.data or "", self.phone.data or ""),
            sector="" if self.sector.data == ANY else self.sector.data,
            wish=self.wish.data or "",
            times=self.times.data or "",
            year_group=self.year_group.data or 0,
            students=self.students.data or 0,
            adults=self.adults.data or 0,
            needs=self.needs(),
        )


@blueprint.route("/offer-a-visit", methods=["GET", "POST"])
@who.question
def offer(programme: str) -> ResponseReturnValue:
    """Let an employer offer a visit."""
    form = OfferForm()
    name = _offer_sectors(form, programme, {})
    return _answer(
        form,
        "organisation",
        programme,
        lambda work: asking.offer(work.session, programme, form.told(), work.at).reference,
        "programmes/visits/offer_form.html",
        name,
    )


@blueprint.route("/ask-for-a-visit", methods=["GET", "POST"])
@who.question
def wish(programme: str) -> ResponseReturnValue:
    """Let a school's class ask for a visit."""
    form = WishForm()
    name = _offer_sectors(form, programme, {ANY: ""})
    return _answer(
        form,
        "school",
        programme,
        lambda work: asking.wish(work.session, programme, form.told(), work.at).reference,
        "programmes/visits/wish_form.html",
        name,
    )


@blueprint.get("/visits/sent/<reference>")
@who.public
def sent(programme: str, reference: str) -> ResponseReturnValue:
    """Say what happens next with what was sent; nothing of it is shown."""
    with reading() as work:
        kind = asking.sent(work.session, programme, reference)
        there = asking.programme(work.session, programme)
        return render_template("programmes/visits/sent.html", kind=kind, reference=reference, programme=there)


def _offer_sectors(form: OfferForm | WishForm, programme: str, more: dict[str, str]) -> str:
    """Set the programme's sectors, and ``more``, as choices; return the programme's name."""
    with reading() as work:
        offered = asking.sectors(work.session, programme)
        form.sector.choices = named({one.reference: one.name for one in offered} | more)
        return asking.programme(work.session, programme).name


def _answer(
    form: OfferForm | WishForm,
    first: str,
    programme: str,
    act: Callable[[Work], str],
    template: str,
    name: str,
) -> ResponseReturnValue:
    """Keep what was sent and lead on; or show the form again, with everything in it, and what is wrong.

    An error that is about no field stands at ``first``.
    """
    if form.validate_on_submit() and not _too_often(form, first):
        try:
            with changing() as work:
                reference = act(work)
        except Refused as refused:
            told(form, refused)
        else:
            for limit in (VISIT_FORMS, VISIT_FORMS_IN_ALL):
                limits.take(limit)
            return redirect(url_for("visit_forms.sent", programme=programme, reference=reference), 303)
    return render_template(template, form=form, programme=name)


def _too_often(form: Form, first: str) -> bool:
    """Return whether this network, or everybody together, sent too many; then say so at ``first``."""
    seconds = max(limits.seconds_to_wait(one) for one in (VISIT_FORMS, VISIT_FORMS_IN_ALL))
    if not seconds:
        return False
    limits.come_again(seconds)
    minutes = -(-seconds // 60)
    form.add_error(
        first,
        ngettext(
            "Many forms were sent from your network within an hour, and nothing of this one was kept yet."
            " Wait %(num)s minute, then send it again",
            "Many forms were sent from your network within an hour, and nothing of this one was kept yet."
            " Wait %(num)s minutes, then send it again",
            minutes,
        ),
    )
    return True
