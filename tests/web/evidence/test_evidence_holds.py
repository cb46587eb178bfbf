"""The coordinator's page, the student's warning before they send, and the manager's rules."""

from datetime import date
from decimal import Decimal

from sqlalchemy import event, insert

from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.people.accounts import Role
from passport.services.evidence import drafting
from passport.services.people import accounts
from tests.fixtures.towns import BEGAN, PASSWORD, STORY, Town
from tests.web.conftest import Arrive

REACHED = STORY + " Text me on 07700 900123."


def test_a_student_is_warned_and_may_send_it_all_the_same(town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        draft = drafting.start(session, amara, town.activity, at).reference
        drafting.choose_skill(session, amara, draft, 4, at)
        drafting.choose_level(session, amara, draft, 3, at)
        drafting.describe(session, amara, draft, REACHED, date(2026, 3, 10), Decimal(2), at)
    visitor = arrive("amara")
    checked = visitor.read(f"/evidence/{draft}/check")
    assert "Your school will read this first, because of:" in checked
    assert 'A phone number: <strong dir="auto">07700 900123</strong>' in checked
    assert visitor.send(f"/evidence/{draft}/check").status_code == 302
    assert "Sent to your school" in visitor.read(f"/evidence/{draft}/sent")
    assert "Being checked by your school" in visitor.read("/home")
    assert "nothing wrong" in visitor.read(f"/evidence/{draft}")


def test_a_coordinator_reads_releases_and_sends_back_and_the_student_sees_who_looked(
    town: Town, arrive: Arrive
) -> None:
    first, second = town.sent(story=REACHED), town.sent(story=REACHED.replace("five", "six"))
    casey, robin, amara = arrive("casey"), arrive("robin"), arrive("amara")
    assert robin.open(f"/queue/{first}").status_code == 404
    assert "2 texts wait for you" in casey.read("/overview")
    assert "Amara Demoson" in casey.read("/school")
    assert STORY not in casey.read("/school")
    shown = casey.read(f"/school/{first}")
    assert "07700 900123" in shown
    assert "Gear pump" in amara.read("/looked") or "Measuring" in amara.read("/looked")
    assert casey.send(f"/school/{first}/release").location == "/school"
    assert "Passed on" in casey.read("/school")
    assert robin.open(f"/queue/{first}").status_code == 200
    assert casey.press(f"/school/{first}", f"/school/{first}/hold").location == "/school"
    assert robin.open(f"/queue/{first}").status_code == 404
    assert casey.send(f"/school/{first}/release").location == "/school"
    nothing = casey.send(f"/school/{second}/send-back")
    assert "Choose what the student should change" in nothing.text
    assert casey.send(f"/school/{second}/send-back", reason="contact-details").status_code == 302
    page = amara.read(f"/evidence/{second}")
    assert "Your school sent it back." in page
    assert "Leave out phone numbers" in page
    assert "Nothing is held." in casey.read("/school")
    late = casey.press(f"/school/{first}", f"/school/{second}/release")
    assert late.status_code == 409
    assert "already decided" in late.text
    assert f'href="/school/{second}"' in late.text


def test_what_is_with_a_student_for_long_leads_to_writing_it_down_for_her(town: Town, arrive: Arrive) -> None:
    back = town.sent()
    robin, casey = arrive("robin"), arrive("casey")
    robin.send(f"/queue/{back}/send-back?version=1", version=1, reason="different-level")
    page, write = "/school?show=student", f"/school/students/{town.references['amara']}/write"
    assert write not in casey.read(page)
    town.clock.forward(days=14, minutes=1)
    casey = arrive("casey")
    shown = casey.read(page)
    assert "With the student for over 14 days: 1" in shown
    assert write in shown
    assert "Write it down for a student" in casey.read(write)


def test_a_safeguarding_lead_says_why_before_reading(town: Town, arrive: Arrive) -> None:
    reference = town.sent(story=REACHED)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        assert casey.staff is not None
        jo = accounts.make(
            session,
            casey.programme,
            Role.LEAD,
            email="jo@example.test",
            name="Jo Stubfield",
            first_name="Jo",
            password=PASSWORD,
            at=BEGAN,
        )
        accounts.make_staff(session, jo, casey.staff.school)
    lead = arrive("jo")
    assert STORY not in lead.read(f"/school/{reference}")
    assert "Enter why" in lead.send(f"/school/{reference}", why="short").text
    read = lead.send(f"/school/{reference}", why="A teacher asked me to look at it")
    assert read.status_code == 200
    assert "07700 900123" in read.text
    assert "A teacher asked me to look at it" in arrive("amara").read("/looked")
    assert lead.send(f"/school/{reference}/release").status_code == 302


def test_the_lists_take_as_many_questions_for_many_as_for_few(town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")

    def questions() -> int:
        asked: list[str] = []
        engine = town.runtime.database.engine

        def hear(*told: object) -> None:
            asked.append(str(told[2]))

        event.listen(engine, "before_cursor_execute", hear)
        casey.read("/school?show=held")
        event.remove(engine, "before_cursor_execute", hear)
        return len(asked)

    for number in range(5):
        town.sent(story=f"{REACHED} {number}")
    few = questions()
    with town.transaction() as session:
        amara = town.account(session, "amara")
        made = session.query(Evidence).filter_by(student_id=amara.id).first()
        assert made is not None
        like = {
            "student_id": amara.id,
            "activity_id": made.activity_id,
            "skill_id": made.skill_id,
            "state": EvidenceState.HELD,
            "level": 2,
            "narrative": STORY,
            "version": 1,
            "made_at": town.clock(),
            "updated_at": town.clock(),
            "submitted_at": town.clock(),
        }
        session.execute(insert(Evidence), [like] * 5_000)
    assert questions() == few
    assert "Held for you: 5005" in casey.read("/school")
    assert "Page 2 of 201" in casey.read("/school?page=2")


def test_a_manager_tries_the_rules_and_saves_them_and_a_bad_line_is_named(arrive: Arrive) -> None:
    morgan = arrive("morgan")
    tried = morgan.send("/screening", rules="[odd words]\nsecret room", sample="A secret room", step="try")
    assert "This text would be held:" in tried.text
    assert "Nothing has been saved." in tried.text
    assert "whatsapp" in morgan.read("/screening").split("</textarea>")[0]
    bad = morgan.send("/screening", rules="[odd words]\n(a+)+", sample="aaa", step="save")
    assert "Line 2, “(a+)+”: Use letters and numbers only" in bad.text
    assert "(a+)+</textarea>" in bad.text
    assert (
        morgan.send("/screening", rules="[odd words]\nsecret room", sample="", step="save").status_code == 302
    )
    assert "secret room</textarea>" in morgan.read("/screening")
    assert arrive("casey").open("/screening").status_code == 404
