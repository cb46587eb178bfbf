"""`recover`: restore the rows from the published files after a backup was restored; reopen issuing."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections import Counter
from contextlib import closing
from datetime import datetime

from passport import copies
from passport.cli import PROBLEM, complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.jobs.erasures import repeat as erase_people_again
from passport.publisher import Publisher
from passport.services import DatabaseUnavailable
from passport.services.checking import checks
from passport.services.core import recovery
from passport.services.core.errors import IssuingClosed, NotReady, Refused
from passport.services.core.recovery import Finding, Problem
from passport.services.core.runtime import Runtime, open_runtime, utc_now
from passport.services.credentials import issuing
from passport.services.trust import anchors, erasures, publishing, recovering, taking_back
from passport.services.trust.read_back import Facts, Look

BLOCKING = {Problem.LIST_MISSING, Problem.LIST_UNUSABLE, Problem.LIST_OLDER, Problem.REGISTRY_UNUSABLE}
WORDS = {
    Problem.LIST_NEWER: "{} is newer than the database",
    Problem.LIST_SAYS_MORE: "{} says more than the database",
    Problem.LIST_UNKNOWN: "{} is not known to the database",
    Problem.LIST_MISSING: "{} was published and is missing",
    Problem.LIST_UNUSABLE: "{} is there, but is not signed by this service",
    Problem.LIST_OLDER: "{} is older than the one published last",
    Problem.REGISTRY_NEWER: "{} is newer than the database",
    Problem.REGISTRY_UNUSABLE: "{} is there, but is not a registry of this service",
    Problem.ANCHOR_NEWER: "{} anchors a record that the audit trail does not have",
    Problem.RESTORED: "The {} was restored from a backup, as the operator says",
}
DONE = {
    "withdrawn": "withdrawn again",
    "replaced": "marked as replaced again",
    "on_hold": "put on hold again",
    "stopped": "stopped again",
    "kept": "kept for entries and shares that the database does not know",
}
BRING_A_COPY = (
    "Bring a copy of the published folder: recover --from FOLDER. If none exists, two people say so:"
    " recover --none-exists --by NAME --by NAME"
)
NO_ANCHOR = (
    "The audit trail is not anchored until it is back: recover --restored --from FOLDER, or --restored"
    " --none-exists --by NAME --by NAME"
)


def run(options: Namespace) -> int:
    """Run every remaining step, each in a transaction of its own. Can be run again after a kill."""
    try:
        chosen = settings()
        prepare(chosen).close()
        runtime = open_runtime(chosen)
        with closing(runtime.database):
            return Recovering(runtime, utc_now()).run(options)
    except (CannotStart, NotReady, DatabaseUnavailable, IssuingClosed) as error:
        return complain(str(error))
    except OSError as error:
        return complain(f"{error.filename} cannot be used: {error.strerror}")
    except Refused as refused:
        return complain(refusals.words(refused))


class Recovering:
    """One run of the command, at one time."""

    def __init__(self, runtime: Runtime, at: datetime) -> None:
        """Take the service that is recovered."""
        self._runtime, self._at = runtime, at
        self._database, self._public = runtime.database, runtime.public
        self._publisher = Publisher(
            runtime.database, runtime.keys, runtime.public, runtime.settings.public_url
        )

    def run(self, options: Namespace) -> int:
        """Recover, then import the entries that were handed in. Returns the exit code."""
        with self._public.alone():
            facts, look = self._publisher.look(self._at)
            if options.source is not None:
                # the registry first: it may name the key that signed the lists
                for take in (copies.take_registries, copies.take_lists, copies.take_anchors):
                    copied = take(options.source, facts, look, self._public)
                    say(f"{len(copied)} files taken from {options.source}")
                    facts, look = self._publisher.look(self._at)
            if options.restored:
                with self._database.transaction() as session:
                    recovery.open_for(session, [Finding(Problem.RESTORED, "database")], self._at)
            with self._database.reading() as session:
                is_open, noted = recovery.is_open(session), recovery.noted(session)
            if not is_open:
                say("No recovery is open: the published files and the database say the same.")
                return self._take_back(options)
            self._tell(noted)
            if not self._settle_blocked(options, look):
                return PROBLEM
            return self._recover(options)

    def _settle_blocked(self, options: Namespace, look: Look) -> bool:
        """Handle files that are missing or invalid; return False if nothing may be signed yet."""
        blocked = sorted(one for one in look.findings if one.problem in BLOCKING)
        if not blocked:
            return True
        if not options.none_exists:
            complain(BRING_A_COPY)
            return False
        names = {one.subject for one in blocked}
        contents = {name: self._public.read(name) for name in names}
        digests = {name: hashlib.sha256(found).hexdigest() for name, found in contents.items() if found}
        with self._database.transaction() as session:
            recovering.state_none_exists(session, names, digests, options.by, self._at)
        for name in sorted(digests):
            self._public.remove(name)
        say(f"{' and '.join(options.by)} say that no copy exists of: {', '.join(sorted(names))}")
        return True

    def _recover(self, options: Namespace) -> int:
        facts, look = self._publisher.look(self._at)
        self._erase_again()
        self._adopt_registry(look)
        self._add_lists(facts, look)
        self._finish_begun()
        facts, look = self._publisher.look(self._at)
        self._record(facts, look)
        with self._database.transaction() as session:
            closed = recovering.close_lists(session, self._at)
        if closed:
            say(f"Lists closed to new entries and shares: {', '.join(str(number) for number in closed)}")
        self._publisher.publish_held(self._at)
        # with lists of now, and before the endorsements that wait are issued again
        code = self._take_back(options)
        if options.entry:
            self._publisher.publish_held(self._at)
        facts, look = self._publisher.look(self._at)
        with self._database.reading() as session:
            left = look.findings | publishing.unexplained(session, facts, look)
        # the trail of before the restore does not come back: the end of the recovery lets its anchors go
        left = {one for one in left if one.problem is not Problem.ANCHOR_NEWER}
        if left:
            self._tell(left)
            return complain("The recovery stays open")
        self._close(options)
        say("The recovery is closed: issuing and sharing are open again.")
        return code

    def _close(self, options: Namespace) -> None:
        published = anchors.files(self._public)
        with self._database.transaction() as session:
            by = options.by if options.none_exists else []
            gone = recovering.let_anchors_go(session, published, by, self._at)
            recovering.close(session, self._at)
            still_missing = anchors.missing(session, published)
        if gone.heads:
            say(f"Anchors of records that were lost with the restore: {len(gone.heads)}")
        for number in still_missing:
            complain(f"{anchors.FOLDER}/{number}.json was published and is missing. {NO_ANCHOR}")

    def _erase_again(self) -> None:
        """Repeat, before all other steps, the erasures made after the backup."""
        again = 0
        for number, position in sorted(erasures.read(self._runtime.settings.instance)):
            with self._database.transaction() as session:
                again += recovering.erase_again(session, number, position, self._at)
        again_people = erase_people_again(self._runtime)
        if again:
            say(f"{again} entries erased again")
        if again_people:
            say(f"{again_people} students erased again")

    def _adopt_registry(self, look: Look) -> None:
        if look.registry is None:
            return
        files = copies.registries(self._public, look.registry.version)
        with self._database.transaction() as session:
            version = recovering.adopt_registry(session, look.registry, files, self._at)
        say(f"Registry version {version} taken over, with its issuers and keys")

    def _add_lists(self, facts: Facts, look: Look) -> None:
        for number in sorted(set(look.lists) - {rows.number for rows in facts.lists}):
            with self._database.transaction() as session:
                if recovering.add_list(session, look, number, self._at):
                    say(f"List {number} was opened after the backup: its place is taken")

    def _finish_begun(self) -> None:
        """Sign what was begun before the backup: the same bytes as before, so its state can be recorded."""
        with self._database.reading() as session:
            begun = issuing.unfinished(session, self._at)
        for endorsement in begun:
            try:
                with self._database.transaction() as session:
                    issuing.sign_begun(session, self._runtime.keys, [endorsement], self._at)
            except IssuingClosed as error:
                complain(f"An entry that was begun stays unsigned: {error}")

    def _record(self, facts: Facts, look: Look) -> None:
        with self._database.reading() as session:
            differences = recovering.differences(session, facts, look)
        counts: Counter[str] = Counter()
        for number, purpose, position in differences:
            with self._database.transaction() as session:
                became = recovering.record_status(session, number, purpose, position, self._at)
            counts[became] += 1
        for became, words in DONE.items():
            if counts[became]:
                say(f"{counts[became]} {words}")

    def _take_back(self, options: Namespace) -> int:
        """Import each entry that was handed in; one that cannot be is reported, and the others go on."""
        code = 0
        if not options.entry:
            return code
        published = checks.look(self._public)
        with self._database.reading() as session:
            trust = checks.published_trust(session, published)
        if trust is None:
            return complain("What is published cannot be read, so no entry can be checked")
        erased = erasures.read(self._runtime.settings.instance)
        for file in options.entry:
            data = file.read_bytes()
            try:
                with self._database.transaction() as session:
                    taken = taking_back.take_back(
                        session, self._runtime.keys, trust, data, options.holder, erased, self._at
                    )
                    say(f"{file}: taken back as {taken.reference}")
            except Refused as refused:
                code = complain(f"{file}: {refusals.words(refused)}")
            except IssuingClosed as error:
                code = complain(f"{file}: {error}")
        return code

    def _tell(self, findings: set[Finding]) -> None:
        for one in sorted(findings):
            say(WORDS[one.problem].format(one.subject))
