"""Publish registry, DID documents, status lists and the bundle, for jobs and commands.

One publication holds the folder's lock from reading the rows to recording what was written, so an
older snapshot never overwrites a newer one. No file is read or written inside a transaction. The published
state only grows: what was published is read back first, and what the rows do not explain opens a recovery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from passport.adapters.files import PublicFiles
from passport.openbadges.bundle import Bundle
from passport.openbadges.bundle import write as write_bundle
from passport.openbadges.terms import Document
from passport.proofs.signing import KeyRing
from passport.services import Database
from passport.services.core import recovery
from passport.services.core.errors import IssuingClosed
from passport.services.trust import erasures, external_issuers, publishing, read_back
from passport.services.trust.read_back import PURPOSES, Facts, Look


@dataclass(frozen=True)
class Publisher:
    """The inputs of a publication besides the time."""

    database: Database
    keys: KeyRing
    public: PublicFiles
    public_url: str

    def publish_all(self, at: datetime) -> None:
        """Write every published file.

        Raises IssuingClosed, after writing what can be written, when a status key cannot be used. The last
        lists of a closed programme stay as they are then.
        """
        with self.public.alone():
            self.publish_held(at)

    def publish_held(self, at: datetime) -> None:
        """Do what `publish_all` does, for a caller that holds the folder's lock."""
        with self.database.reading() as session:
            numbers, last = publishing.all_lists(session), publishing.last_lists(session)
        facts, look = self.look(at)
        self._write_issuers(look)
        refused = self._write_lists(facts, look, numbers, at)
        for number, error in refused.items():
            if number not in last:
                raise error

    def publish_due(self, batch: timedelta, at: datetime) -> bool:
        """Write the status lists that are due (`publishing.due`); return whether any list was written.

        Where a registry was signed and its publication cut off, write everything. Raises IssuingClosed as
        `publish_all` does.
        """
        # a registry may wait to be published although no list exists yet
        if not self._due(batch, at) and not self._registry_waits():
            return False
        with self.public.alone():
            # another process may have published them while this one waited for the lock
            numbers = self._due(batch, at)
            facts, look = self.look(at)
            if self._registry_waits():
                self._write_issuers(look)
            refused = self._write_lists(facts, look, numbers, at)
        for error in refused.values():
            raise error
        return any(not look.is_blocked(number) for number in numbers)

    def _due(self, batch: timedelta, at: datetime) -> list[int]:
        with self.database.reading() as session:
            due, everything = publishing.due(session, batch, at), publishing.all_lists(session)
        return everything if self._registry_waits() else due

    def _registry_waits(self) -> bool:
        """Return whether the newest registry in the rows is not published yet."""
        with self.database.reading() as session:
            newest, is_open = publishing.newest_registry(session), recovery.is_open(session)
        return newest is not None and not is_open and self.public.read(read_back.REGISTRY) != newest

    def publish_bundle(self, at: datetime) -> None:
        """Rebuild the bundle after a change of a file that it contains."""
        with self.public.alone():
            self._write_bundle(*self.look(at))

    def notice(self, at: datetime) -> bool:
        """Compare the published files with the rows, and return whether a recovery is open."""
        with self.public.alone():
            self.look(at)
        with self.database.reading() as session:
            return recovery.is_open(session)

    def look(self, at: datetime) -> tuple[Facts, Look]:
        """Read the rows, then the files; open a recovery if they do not agree.

        The caller holds the folder's lock.
        """
        with self.database.reading() as session:
            facts = publishing.facts(session, self.public_url)
        look = read_back.look(facts, self.public)
        with self.database.reading() as session:
            found = look.findings | publishing.unexplained(session, facts, look)
            noted = recovery.noted(session)
        if not found <= noted:
            with self.database.transaction() as session:
                recovery.open_for(session, found, at)
        return facts, look

    def _write_issuers(self, look: Look) -> None:
        """Write registries and DID documents, unless the published registry is ahead of the rows."""
        if look.registry_is_ahead():
            return
        with self.database.reading() as session:
            registries = publishing.registries(session)
            documents = publishing.did_documents(session)
        for name, content in (registries | documents).items():
            if self.public.read(name) != content:
                self.public.write(name, content)
        look.registry_file = registries.get(read_back.REGISTRY, look.registry_file)

    def _write_lists(
        self, facts: Facts, look: Look, numbers: list[int], at: datetime
    ) -> dict[int, IssuingClosed]:
        """Claim, sign and write lists one by one, then the bundle. Return refused lists with the reason."""
        written: list[int] = []
        refused: dict[int, IssuingClosed] = {}
        for number in numbers:
            if look.is_blocked(number):
                continue
            try:
                with self.database.transaction() as session:
                    claimed = publishing.claim(session, self.keys, facts, look, number, at)
            except IssuingClosed as error:
                refused[number] = error
                continue
            erasures.add(self.public.directory.parent, ((number, position) for position in claimed.erased))
            for purpose, document in publishing.sign(claimed, self.public_url, at).items():
                self.public.write(read_back.name_of(number, purpose), publishing.to_file(document))
                look.lists.setdefault(number, {})[purpose] = read_back.just_signed(document)
            written.append(number)
        self._write_bundle(facts, look)
        with self.database.transaction() as session:
            publishing.record(session, written, at)
        return refused

    def _write_bundle(self, facts: Facts, look: Look) -> None:
        """Write everything that an offline check needs into one file.

        A part whose own file does not count stays in the bundle as it was.
        """
        before = read_back.old_bundle(self.public)
        registry = look.registry_file or (before.registry if before else None)
        if registry is None:
            return
        numbers = {rows.number for rows in facts.lists} | set(look.lists)
        urls = {
            read_back.url_of(self.public_url, number, purpose): (number, purpose)
            for number in sorted(numbers)
            for purpose in PURPOSES
        }
        old_lists = before.status_lists if before else {}
        lists: dict[str, Document] = {}
        for url, (number, purpose) in urls.items():
            counts = look.lists.get(number, {}).get(purpose)
            document = counts.document if counts else old_lists.get(url)
            if document is not None:
                lists[url] = document
        content = write_bundle(Bundle(registry, lists, external_issuers.documents(self.public)))
        self.public.write(read_back.BUNDLE, content)
