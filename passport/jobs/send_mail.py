"""Jobs for mail: make requested links and send waiting mail."""

from __future__ import annotations

from collections import Counter
from functools import partial

import structlog

from passport.adapters.mail import CannotBeReached, Connection, NotTaken, Postman
from passport.jobs import row_jobs
from passport.services.access import attempts, class_codes, links, passkeys, sign_ins
from passport.services.core import kept_forms, mails
from passport.services.core.failures import Job
from passport.services.core.mails import Outgoing
from passport.services.core.runtime import Runtime
from passport.services.endorsements import endorser_mails

log = structlog.get_logger()


def post_due(runtime: Runtime) -> None:
    """Make requested links and send waiting mail, until a server cannot be reached."""
    answer_requests(runtime)
    with runtime.database.reading() as session:
        waiting = mails.due(session, runtime.clock())
    if not waiting:
        return
    if runtime.settings.smtp_host:
        _send_all(runtime, waiting)
    elif runtime.demo:
        _show_all(runtime, waiting)
    else:
        log.error("mail waits, and no mail server is set (PASSPORT_SMTP_HOST)", number=len(waiting))


def notify_of_decisions(runtime: Runtime) -> None:
    """Make the mails about endorsed evidence."""
    with runtime.database.transaction() as session:
        endorser_mails.notify_of_decisions(session, runtime.settings.public_url, runtime.clock())


def tell_digests(runtime: Runtime) -> None:
    """Make the weekly mails about what waits."""
    with runtime.database.reading() as session:
        due = endorser_mails.digests_due(session, runtime.clock())
    told = Counter[str]()

    def tell(champion: int) -> None:
        # one transaction each: on SQLite a check that meets a long one stores no receipt
        with runtime.database.transaction() as session:
            told["digests"] += endorser_mails.queue_digest(
                session, champion, runtime.settings.public_url, runtime.clock()
            )

    row_jobs.each(runtime, Job.DIGEST, due, tell)
    if told.total():
        log.info("digests", number=told.total())


def waits(runtime: Runtime) -> bool:
    """Return whether any link request or mail is waiting."""
    with runtime.database.reading() as session:
        return bool(links.waiting(session, runtime.clock()) or mails.due(session, runtime.clock()))


def answer_requests(runtime: Runtime) -> None:
    """Make a link for each request whose address has an account.

    This runs after the request was answered, so that the response time does not reveal whether there is one.
    """
    with runtime.database.reading() as session:
        asked = links.waiting(session, runtime.clock())

    def answer(request: int) -> None:
        with runtime.database.transaction() as session:
            links.answer(session, request, runtime.settings.public_url, runtime.clock())

    row_jobs.each(runtime, Job.LINK, asked, answer, links.give_up)


def tidy(runtime: Runtime) -> None:
    """Delete expired sign-ins, links, class codes, forms, passkey challenges, mails and attempts."""
    at = runtime.clock()
    with runtime.database.transaction() as session:
        sign_ins.forget_old(session, at)
        links.forget_old(session, at)
        class_codes.forget_old(session, at)
        kept_forms.forget_old(session, at)
        passkeys.forget_old(session, at)
        mails.forget_old(session, at)
        attempts.forget_old(session, at)


def _send_all(runtime: Runtime, waiting: list[int]) -> None:
    postman = Postman(runtime.settings)
    try:
        with postman.connection() as server:
            row_jobs.each(
                runtime, Job.MAIL, waiting, partial(_claim_and_send, runtime, postman, server), mails.refused
            )
    except CannotBeReached as error:
        # the first mail that could not be sent is postponed; the others are retried at the next sweep
        log.warning("mail waits: the server cannot be reached", reason=str(error), number=len(waiting))


def _claim_and_send(runtime: Runtime, postman: Postman, server: Connection, number: int) -> None:
    mail = _claim(runtime, number)
    if mail is not None:
        _send(runtime, postman, server, mail)


def _send(runtime: Runtime, postman: Postman, server: Connection, mail: Outgoing) -> None:
    at = runtime.clock()
    try:
        postman.send(server, postman.write(mail.kind, mail.facts), mail.to, mail.message_id, at)
    except NotTaken as error:
        log.warning("mail refused", mail=mail.message_id, reason=str(error))
        with runtime.database.transaction() as session:
            mails.refused(session, mail.id)
        return
    except CannotBeReached:
        with runtime.database.transaction() as session:
            mails.postpone(session, mail.id, at)
        raise
    with runtime.database.transaction() as session:
        mails.sent(session, mail.id, at, keep_facts=runtime.demo)


def _claim(runtime: Runtime, number: int) -> Outgoing | None:
    with runtime.database.transaction() as session:
        return mails.claim(session, number, runtime.settings.public_url, runtime.clock())


def _show_all(runtime: Runtime, waiting: list[int]) -> None:
    """Mark mails as sent in a demo without a server, where a page shows them."""
    for number in waiting:
        if _claim(runtime, number) is not None:
            with runtime.database.transaction() as session:
                mails.sent(session, number, runtime.clock(), keep_facts=True)
