from __future__ import annotations

from datetime import UTC, datetime

from passport.jobs import send_mail
from passport.services.core import mails
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive


def test_a_champion_turns_the_weekly_mail_off_and_on(town: Town, arrive: Arrive) -> None:
    town.sent()
    robin = arrive("robin")
    assert "Once a week you get a mail with how much waits for you" in robin.read("/account")
    robin.press("/account", "/account/digest", wanted="no")
    assert "You get no mail about what waits for you." in robin.read("/account")
    town.clock.now = datetime(2026, 3, 16, 9, tzinfo=UTC)
    send_mail.tell_digests(town.runtime)
    with town.transaction() as session:
        assert mails.newest(session, 5) == []
    robin.sign_in("robin")
    robin.press("/account", "/account/digest", wanted="yes")
    send_mail.tell_digests(town.runtime)
    with town.transaction() as session:
        assert [one.kind for one in mails.newest(session, 5)] == ["digest"]
    assert arrive("casey").press("/account", "/account/digest", wanted="no").status_code == 404
    assert "Mail about what waits" not in arrive("casey").read("/account")
