"""An error that no check foresaw is logged with its place, counted, and never with what the document says."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from passport.db.credentials.records import Credential
from passport.services.checking import checks, verifications
from passport.services.checking.verifications import Handed
from passport.services.core import unexpected
from passport.verifier import Verdict
from tests.fixtures.towns import Town

DAY = timedelta(hours=24)


@pytest.fixture
def surprised(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object, **__: object) -> None:
        raise KeyError("Amara Demoson")

    monkeypatch.setattr("passport.verifier.checks.key_vouches", surprise)


@pytest.mark.parametrize("way", ["code", "file", "machine"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_surprise_in_a_check_is_logged_and_counted(town: Town, surprised: None, way: str) -> None:
    entry = town.issued()
    code, before = town.shared(entry), unexpected.times("KeyError")
    with capture_logs() as logs, town.runtime.database.reading() as session:
        document = session.query(Credential).filter_by(reference=entry).one().document or b""
        if way == "code":
            assert checks.by_code(session, town.published(), code, town.clock()).verdict is Verdict.UNFINISHED
        elif way == "file":
            found = checks.by_document(session, town.published(), document, town.clock())
            assert found.verdict is Verdict.UNFINISHED
        else:
            judge = verifications.judge(session, town.published(), town.clock(), DAY)
            assert judge.credential(Handed.of(json.loads(document))).verdict is Verdict.UNFINISHED
    told = [line for line in logs if line["event"] == "unexpected verdict"]
    assert {line["kind"] for line in told} == {"KeyError"}
    assert any("verifier/entry.py" in place for place in told[0]["trace"])
    assert told[-1]["times"] == unexpected.times("KeyError") == before + len(told)
    assert "Amara" not in str(logs)
