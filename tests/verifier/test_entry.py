import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from passport.openbadges import did, status_list
from passport.openbadges.registry import IssuerKind, KeyState
from passport.openbadges.terms import Issuer
from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import (
    CHECKS,
    SEVERITY,
    Check,
    Outcome,
    TrustError,
    Verdict,
    Verification,
    verify,
    worst,
)
from passport.verifier.errors import Failed
from tests.world import (
    EMPLOYER,
    ISSUED,
    LIST_URL,
    NOW,
    PROGRAMME,
    REFRESH_URL,
    STRANGER,
    SUSPENSION_URL,
    World,
    a_stranger,
    an_entry,
    endorsement_of,
    registered,
    registered_key,
    stranger_document,
    to_bytes,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def check(world: World, at: datetime = NOW) -> Verification:
    return verify(world.entry_bytes(), world.trust(), at)


def failed(checks: tuple[Check, ...]) -> list[str]:
    return [check.name for check in checks if check.outcome is Outcome.FAILED]


def passed(checks: tuple[Check, ...]) -> list[str]:
    return [check.name for check in checks if check.outcome is Outcome.PASSED]


def refused(world: World, at: datetime = NOW) -> list[str]:
    found = check(world, at)
    assert (found.verdict, found.credential) == (Verdict.NOT_GENUINE, None)
    assert [one.name for one in found.checks] == list(CHECKS)
    return failed(found.checks)


# ------------------------------------------------------------------------- genuine and current


def test_genuine_and_current() -> None:
    world = World()
    result = check(world)
    assert result.verdict is Verdict.CURRENT
    assert result.credential == world.entry
    assert result.status_age == timedelta(minutes=10)
    assert result.checked_at == NOW
    assert result.status_from == world.list_made
    assert result.issuer == registered(PROGRAMME, IssuerKind.PROGRAMME)
    assert result.employer == registered(EMPLOYER, IssuerKind.EMPLOYER)


def test_every_check_is_listed_and_one_that_did_not_run_does_not_look_like_a_pass() -> None:
    checks = check(World()).checks
    assert [one.name for one in checks] == list(CHECKS)
    assert passed(checks) == list(CHECKS[:-1])
    assert checks[-1] == Check("public log", Outcome.NOT_CHECKED)


def test_a_retired_key_goes_on_verifying() -> None:
    world = World()
    for role in (Role.ISSUE, Role.ENDORSE, Role.STATUS):
        world.edit_key(role, state=KeyState.RETIRED, until=ISSUED + HOUR)
    assert check(world).verdict is Verdict.CURRENT


def test_after_rotation_old_and_new_entries_verify() -> None:
    world = World()
    old = world.entry_bytes()
    new_key = signing.generate(Role.ISSUE)
    world.edit_key(Role.ISSUE, state=KeyState.RETIRED, until=ISSUED + HOUR)
    world.registry = replace(world.registry, keys=(*world.registry.keys, registered_key(new_key, PROGRAMME)))
    world.signers[Role.ISSUE] = new_key
    world.entry = replace(world.entry, id=uuid.UUID(int=2).urn, issued_at=ISSUED + 2 * HOUR)
    assert verify(old, world.trust(), NOW).verdict is Verdict.CURRENT
    assert check(world).verdict is Verdict.CURRENT


def test_many_at_once() -> None:
    world = World()
    unverified, trust = world.entry_bytes(), world.trust()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: verify(unverified, trust, NOW).verdict, range(64)))
    assert set(results) == {Verdict.CURRENT}


# ------------------------------------------------------------------------- withdrawn, past review


def test_withdrawn() -> None:
    world = World(withdrawn={an_entry().status.index})
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.WITHDRAWN, ["withdrawn"])
    assert result.credential is not None
    assert result.checks[CHECKS.index("on hold")].outcome is Outcome.NOT_CHECKED


def test_the_neighbour_being_withdrawn_changes_nothing() -> None:
    index = an_entry().status.index
    assert check(World(withdrawn={index - 1, index + 1})).verdict is Verdict.CURRENT


def test_past_the_review_date() -> None:
    review = an_entry().review_at
    world = World(list_made=review - HOUR)
    world.registry = replace(world.registry, expires=review + timedelta(days=9))
    assert check(world, review - MINUTE).verdict is Verdict.CURRENT
    result = check(world, review)
    assert (result.verdict, failed(result.checks)) == (Verdict.PAST_REVIEW, ["review date"])
    assert result.credential is not None


def test_withdrawn_is_said_before_past_review() -> None:
    review = an_entry().review_at
    world = World(list_made=review, withdrawn={an_entry().status.index})
    world.registry = replace(world.registry, expires=review + timedelta(days=9))
    assert check(world, review).verdict is Verdict.WITHDRAWN


# ------------------------------------------------------------------------- the check cannot be finished


def _no_list(world: World) -> None:
    world.lists = {LIST_URL: None}


def _stale_list(world: World) -> None:
    world.list_made = NOW - timedelta(hours=24, seconds=1)


def _future_list(world: World) -> None:
    world.list_made = NOW + timedelta(minutes=6)


def _altered_list(world: World) -> None:
    secured = world.secured_list()
    empty = status_list.build(LIST_URL, PROGRAMME.did, "revocation", {1}, world.list_made)
    secured["credentialSubject"] = empty["credentialSubject"]
    world.lists = {LIST_URL: secured}


def _list_without_proof(world: World) -> None:
    secured = world.secured_list()
    del secured["proof"]
    world.lists = {LIST_URL: secured}


def _list_by_the_issuing_key(world: World) -> None:
    world.lists = {LIST_URL: _signed_list(world, Role.ISSUE)}


def _list_by_an_unknown_key(world: World) -> None:
    stranger = World(signers={**world.signers, Role.STATUS: signing.generate(Role.STATUS)})
    world.lists = {LIST_URL: stranger.secured_list()}


def _list_of_another_address(world: World) -> None:
    other = status_list.build(f"{LIST_URL}2", PROGRAMME.did, "revocation", (), world.list_made)
    world.lists = {LIST_URL: world.sign(other, world.signers[Role.STATUS], PROGRAMME, world.list_made)}


def _list_of_another_issuer(world: World) -> None:
    other = status_list.build(LIST_URL, EMPLOYER.did, "revocation", (), world.list_made)
    world.lists = {LIST_URL: world.sign(other, world.signers[Role.STATUS], PROGRAMME, world.list_made)}


def _list_of_another_purpose(world: World) -> None:
    world.lists = {LIST_URL: world.secured_list(LIST_URL, "suspension")}


def _nonsense_list(world: World) -> None:
    world.lists = {LIST_URL: {"encodedList": ["?"]}}


def _suspended_status_key(world: World) -> None:
    world.set_state(Role.STATUS, KeyState.SUSPENDED)


def _compromised_status_key(world: World) -> None:
    world.set_state(Role.STATUS, KeyState.COMPROMISED)


def _signed_list(world: World, role: Role) -> dict[str, object]:
    document = status_list.build(LIST_URL, PROGRAMME.did, "revocation", (), world.list_made)
    return world.sign(document, world.signers[role], PROGRAMME, world.list_made)


@pytest.mark.parametrize(
    "spoil",
    [
        _no_list,
        _stale_list,
        _future_list,
        _altered_list,
        _list_without_proof,
        _list_by_the_issuing_key,
        _list_by_an_unknown_key,
        _list_of_another_address,
        _list_of_another_issuer,
        _list_of_another_purpose,
        _nonsense_list,
        _suspended_status_key,
        _compromised_status_key,
    ],
)
def test_without_a_fresh_list_that_the_issuer_signed_there_is_no_pass(spoil: Callable[[World], None]) -> None:
    world = World()
    spoil(world)
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.UNFINISHED, ["status list"])
    assert result.credential is None
    assert result.checks[CHECKS.index("withdrawn")].outcome is Outcome.NOT_CHECKED


def test_another_programmes_list_is_not_believed_even_when_it_has_proved_itself_before() -> None:
    world = World()
    trust = world.trust()
    assert verify(world.entry_bytes(), trust, NOW).verdict is Verdict.CURRENT
    with pytest.raises(Failed):
        trust.status_list(LIST_URL, EMPLOYER.did)


def test_the_age_that_a_list_may_have_is_the_callers_choice() -> None:
    world = World(list_made=NOW - 25 * HOUR)
    unverified, trust = world.entry_bytes(), world.trust()
    assert verify(unverified, trust, NOW).verdict is Verdict.UNFINISHED
    assert verify(unverified, trust, NOW, max_age=26 * HOUR).verdict is Verdict.CURRENT
    assert verify(unverified, trust, NOW, max_age=timedelta(0)).verdict is Verdict.UNFINISHED


def test_a_list_of_exactly_the_greatest_age_is_fresh() -> None:
    assert check(World(list_made=NOW - 24 * HOUR)).verdict is Verdict.CURRENT


def test_a_list_past_its_own_end_is_too_old_whatever_the_setting() -> None:
    world = World(list_made=NOW - timedelta(days=7))
    result = verify(world.entry_bytes(), world.trust(), NOW, max_age=timedelta(days=30))
    assert (result.verdict, failed(result.checks)) == (Verdict.UNFINISHED, ["status list"])


def test_an_index_outside_the_list() -> None:
    world = World()
    world.entry = replace(world.entry, status=replace(world.entry.status, index=131_072))
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.UNFINISHED, ["replaced"])


def test_an_expired_registry() -> None:
    world = World()
    world.registry = replace(world.registry, expires=NOW)
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.UNFINISHED, ["registry"])
    assert result.credential is None


def test_a_surprise_is_never_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    unverified, trust = world.entry_bytes(), world.trust()
    for name in (
        "checks.contents",
        "checks.registered",
        "checks.programme",
        "checks.signature",
        "checks.signed_already",
        "checks.endorser",
        "checks.endorsed",
        "checks.key_vouches",
        "checks.require_registered_at",
        "checks.registry_current",
        "checks.before_review",
        "statuses.find",
        "statuses.not_replaced",
        "statuses.not_withdrawn",
        "statuses.not_on_hold",
    ):

        def surprise(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(f"passport.verifier.{name}", surprise)
            result = verify(unverified, trust, NOW)
        assert result.verdict is Verdict.UNFINISHED
        assert result.credential is None
        assert len(failed(result.checks)) == 1
        assert result.unexpected is not None
        assert result.unexpected.kind == "ZeroDivisionError"
        assert result.unexpected.trace[-1].endswith(" surprise")


def test_what_is_carried_out_of_a_surprise_holds_no_word_of_the_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()

    def surprise(*_: object) -> None:
        try:
            dict[str, str]()["Amara Demoson"]
        except KeyError as error:
            raise ValueError("not a name: Amara Demoson") from error

    monkeypatch.setattr("passport.verifier.checks.before_review", surprise)
    found = verify(world.entry_bytes(), world.trust(), NOW).unexpected
    assert found is not None
    assert (found.kind, found.causes) == ("ValueError", ("KeyError",))
    assert any("verifier/entry.py:" in line for line in found.trace)
    assert "Amara" not in repr(found)


def test_a_foreseen_failure_carries_no_surprise() -> None:
    world = World()
    assert verify(world.entry_bytes(), world.trust(), NOW).unexpected is None
    assert verify(world.entry_bytes(), world.trust(), NOW, max_age=timedelta(0)).unexpected is None


# ------------------------------------------------------------------------- who issued this?


def test_an_issuer_that_no_one_knows() -> None:
    result = check(a_stranger())
    assert (result.verdict, failed(result.checks)) == (Verdict.UNKNOWN_ISSUER, ["issuer"])
    assert result.credential is None
    assert result.issuer is None


def test_an_unknown_issuer_whose_own_key_we_were_given_may_claim_something() -> None:
    world = a_stranger()
    elsewhere = Issuer("did:web:elsewhere.example", "Fabrik am Bach")
    world.entry = replace(world.entry, champion=replace(world.entry.champion, employer=elsewhere))
    world.did_documents = {world.entry.issuer.did: stranger_document()}
    result = check(world)
    assert result.verdict is Verdict.UNKNOWN_ISSUER
    assert result.credential == world.entry
    assert passed(result.checks) == ["shape", "signature", "review date"]


def test_an_unknown_issuer_shows_nothing_under_the_name_of_an_employer_that_we_know() -> None:
    world = a_stranger()
    world.did_documents = {world.entry.issuer.did: stranger_document()}
    result = check(world)
    assert (result.verdict, result.credential) == (Verdict.UNKNOWN_ISSUER, None)
    assert result.claim is not None


def test_an_unknown_issuer_whose_own_key_does_not_fit_is_not_genuine() -> None:
    world = a_stranger()
    world.did_documents = {world.entry.issuer.did: stranger_document()}
    document = world.secured_entry()
    world.signers[Role.ISSUE] = signing.generate(Role.ISSUE)
    document["proof"]["proofValue"] = world.secured_entry()["proof"]["proofValue"]
    assert verify(to_bytes(document), world.trust(), NOW).verdict is Verdict.NOT_GENUINE


def test_an_unknown_issuer_with_a_document_of_another_form_claims_nothing() -> None:
    world = a_stranger()
    world.did_documents = {world.entry.issuer.did: stranger_document()}
    document = {**world.secured_entry(), "name": "Wizard, first class"}
    del document["proof"]
    secured = world.sign(document, world.signers[Role.ISSUE], world.entry.issuer, ISSUED)
    result = verify(to_bytes(secured), world.trust(), NOW)
    assert (result.verdict, result.credential) == (Verdict.UNKNOWN_ISSUER, None)
    assert passed(result.checks) == ["shape", "signature", "review date"]


def test_a_did_document_with_a_broken_key_gives_none() -> None:
    world = a_stranger()
    document = stranger_document()
    document["verificationMethod"][0]["publicKeyMultibase"] = "z6Mk"
    world.did_documents = {world.entry.issuer.did: document}
    result = check(world)
    assert (result.verdict, result.credential) == (Verdict.UNKNOWN_ISSUER, None)


def test_a_did_document_gives_no_key_to_a_registered_issuer() -> None:
    world = World()
    thief = signing.generate(Role.ISSUE)
    world.signers[Role.ISSUE] = thief
    methods = [did.Method(Role.ISSUE, thief.public_key)]
    world.did_documents = {PROGRAMME.did: did.did_document(PROGRAMME.did, methods)}
    result = check(world)
    assert (result.verdict, result.credential) == (Verdict.NOT_GENUINE, None)
    assert failed(result.checks) == ["signature"]


def test_an_employer_that_no_one_knows() -> None:
    world = World()
    world.registry = replace(world.registry, issuers=world.registry.issuers[:1])
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.UNKNOWN_ISSUER, ["endorsement"])


def test_an_employer_of_another_programme_endorses_nothing_here() -> None:
    world = World()
    programme, employer = world.registry.issuers
    elsewhere = replace(employer, programme=STRANGER.did)
    world.registry = replace(world.registry, issuers=(programme, elsewhere))
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.UNKNOWN_ISSUER, ["endorsement"])


def test_an_employer_cannot_issue() -> None:
    world = World()
    world.registry = replace(
        world.registry,
        issuers=(
            registered(PROGRAMME, IssuerKind.EMPLOYER),
            registered(EMPLOYER, IssuerKind.EMPLOYER),
        ),
    )
    assert check(world).verdict is Verdict.UNKNOWN_ISSUER


def test_a_proposed_key() -> None:
    world = World()
    world.set_state(Role.ISSUE, KeyState.PROPOSED)
    result = check(world)
    assert (result.verdict, failed(result.checks)) == (Verdict.UNKNOWN_ISSUER, ["key"])


@pytest.mark.parametrize("role", [Role.ISSUE, Role.ENDORSE])
def test_a_suspended_key(role: Role) -> None:
    world = World()
    world.set_state(role, KeyState.SUSPENDED)
    result = check(world)
    assert (result.verdict, result.credential) == (Verdict.UNFINISHED, None)


@pytest.mark.parametrize("role", [Role.ISSUE, Role.ENDORSE])
def test_a_compromised_key(role: Role) -> None:
    world = World()
    world.set_state(role, KeyState.COMPROMISED)
    result = check(world)
    name = "key" if role is Role.ISSUE else "endorsement"
    assert (result.verdict, result.credential, failed(result.checks)) == (Verdict.NOT_GENUINE, None, [name])


def test_a_thief_with_a_stolen_key_cannot_hide_behind_an_employer_that_no_one_knows() -> None:
    world = World()
    world.set_state(Role.ISSUE, KeyState.COMPROMISED)
    world.registry = replace(world.registry, issuers=world.registry.issuers[:1])
    assert check(world).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("role", [Role.ISSUE, Role.ENDORSE])
def test_a_key_outside_its_time(role: Role) -> None:
    for changes in (
        {"from_": NOW},
        {"from_": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2026, 2, 1, tzinfo=UTC)},
    ):
        world = World()
        world.edit_key(role, **changes)
        assert check(world).verdict is Verdict.NOT_GENUINE


def test_an_issuer_outside_its_time() -> None:
    for kind in IssuerKind:
        world = World()
        issuers = tuple(
            replace(who, until=datetime(2026, 2, 1, tzinfo=UTC)) if who.kind is kind else who
            for who in world.registry.issuers
        )
        world.registry = replace(world.registry, issuers=issuers)
        assert check(world).verdict is Verdict.UNKNOWN_ISSUER


# ------------------------------------------------------------------------- not genuine


@pytest.mark.parametrize("role", [Role.STATUS, Role.ENDORSE, Role.ROOT])
def test_a_key_of_another_role_signs_no_entry(role: Role) -> None:
    world = World()
    world.signers[Role.ISSUE] = world.signers[role]
    assert refused(world) == ["signature"]


def test_another_issuers_key_signs_no_entry() -> None:
    world = World()
    document = world.secured_entry()
    del document["proof"]
    spoilt = world.sign(document, world.signers[Role.ISSUE], EMPLOYER, ISSUED)
    assert verify(to_bytes(spoilt), world.trust(), NOW).verdict is Verdict.NOT_GENUINE


def test_an_issuing_key_endorses_nothing() -> None:
    world = World()
    world.signers[Role.ENDORSE] = world.signers[Role.ISSUE]
    assert refused(world) == ["endorsement"]


def test_an_endorsement_that_another_key_signed_under_this_ones_name() -> None:
    world = World()
    document = world.secured_entry()
    world.signers[Role.ENDORSE] = signing.generate(Role.ENDORSE)
    forged = world.secured_endorsement()["proof"]["proofValue"]
    document["endorsement"][0]["proof"]["proofValue"] = forged
    del document["proof"]
    spoilt = world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED)
    found = verify(to_bytes(spoilt), world.trust(), NOW)
    assert (found.verdict, failed(found.checks)) == (Verdict.NOT_GENUINE, ["endorsement"])


def test_an_endorsement_from_another_entry_is_not_believed_even_if_the_programme_signed_it() -> None:
    world = World()
    evidence = replace(world.entry.evidence, id=uuid.UUID(int=9).urn)
    other = World(replace(world.entry, evidence=evidence))
    document = {**world.secured_entry(), "endorsement": [other.secured_endorsement()]}
    del document["proof"]
    spoilt = world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED)
    found = verify(to_bytes(spoilt), world.trust(), NOW)
    assert (found.verdict, failed(found.checks)) == (Verdict.NOT_GENUINE, ["endorsement"])


def test_an_endorsement_of_a_lower_level_is_not_believed() -> None:
    world = World()
    said = replace(endorsement_of(world.entry), level=1)
    document = {**world.secured_entry(), "endorsement": [World(endorsement=said).secured_endorsement()]}
    del document["proof"]
    spoilt = world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED)
    assert verify(to_bytes(spoilt), world.trust(), NOW).verdict is Verdict.NOT_GENUINE


def test_an_entry_issued_before_it_was_endorsed() -> None:
    world = World()
    world.entry = replace(world.entry, issued_at=world.entry.endorsed_at - MINUTE)
    assert refused(world) == ["signature"]


def test_an_entry_due_for_review_before_it_was_issued() -> None:
    world = World()
    world.entry = replace(world.entry, review_at=world.entry.issued_at - MINUTE)
    assert refused(world) == ["signature"]


def test_an_entry_from_the_future() -> None:
    world = World(list_made=ISSUED - 2 * HOUR)
    assert refused(world, ISSUED - HOUR) == ["signature"]


def test_an_entry_from_the_future_without_a_list() -> None:
    assert refused(World(lists={LIST_URL: None, SUSPENSION_URL: None, REFRESH_URL: None}), ISSUED - HOUR) == [
        "signature"
    ]


def test_clocks_may_differ_a_little() -> None:
    world = World(list_made=ISSUED - HOUR)
    assert check(world, ISSUED - 4 * MINUTE).verdict is Verdict.CURRENT


def test_a_clock_that_is_years_slow_neither_condemns_an_entry_nor_freshens_a_list() -> None:
    result = check(World(), datetime(2001, 1, 1, tzinfo=UTC))
    assert (result.verdict, failed(result.checks)) == (Verdict.UNFINISHED, ["status list"])


# ------------------------------------------------------------------------- trust


def test_a_registry_that_no_one_signed_is_not_believed() -> None:
    world = World()
    stranger = signing.generate(Role.ROOT)
    world.signers[Role.ROOT] = stranger
    with pytest.raises(TrustError):
        world.trust()


def test_a_root_key_that_was_named_beforehand_is_the_only_one_believed() -> None:
    world = World()
    bundle = world.bundle()
    trust = type(world.trust())
    believed = trust.from_bundle(bundle, [world.signers[Role.ROOT].public_key])
    assert believed.registry == world.registry
    for root_keys in ([], [signing.generate(Role.ROOT).public_key], [world.signers[Role.ISSUE].public_key]):
        with pytest.raises(TrustError):
            trust.from_bundle(bundle, root_keys)


def test_a_bundle_that_cannot_be_read() -> None:
    world = World()
    bundle = world.bundle()
    trust = type(world.trust())
    for spoilt in (b"", b"{}", bundle[:-1], bundle[: len(bundle) // 2], bundle.replace(b"payload", b"p", 1)):
        with pytest.raises(TrustError):
            trust.from_bundle(spoilt)


# ------------------------------------------------------------------------- several at once


def test_the_worst_of_several() -> None:
    assert set(SEVERITY) == set(Verdict)
    product = [
        Verdict.NOT_GENUINE,
        Verdict.WITHDRAWN,
        Verdict.UNFINISHED,
        Verdict.UNKNOWN_ISSUER,
        Verdict.ON_HOLD,
        Verdict.REPLACED,
        Verdict.PAST_REVIEW,
        Verdict.CURRENT,
    ]
    assert [verdict for verdict in SEVERITY if verdict in product] == product
    for place, verdict in enumerate(product):
        assert worst(reversed(product[place:])) is verdict
    with pytest.raises(ValueError, match="empty"):
        worst([])
