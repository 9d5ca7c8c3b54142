"""Where people decide by mail, by link and in Slack, and what they get by mail: put together."""

from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from bot.wiring_approvals import (
    approval_deps,
    approval_services,
    text_messages,
)
from bot.wiring_letters import digest_mailer, letter_services
from bot.wiring_mail_decisions import (
    MailParts,
    approval_desk,
    approval_mails,
    link_sign_in,
)
from services.actions import ActionService
from services.approvals.deps import Asked
from services.approvals.mails import ApprovalMailService
from services.approvals.urgent import UrgentService
from services.bundle import ApprovalServices, LetterServices
from services.digests import DigestService
from services.letters.draft_letters import DraftLetterService
from services.letters.sign_in import LinkSignIn
from services.mail_out import MailOut
from services.mailbox_access import MailboxAccess
from services.members import MemberService
from services.overviews import ViewService
from services.undo import UndoService
from services.undo_waits import UndoWaits


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """`notes`: mails about requests; `letters`: about drafts."""

    notes: ApprovalMailService
    approvals: ApprovalServices
    digests: DigestService
    sign_in: LinkSignIn
    letters: LetterServices


def decision_desks(
    by_mail: MailParts,
    by_post: DraftLetterService,
    mail_out: MailOut,
    *,
    mails: MailboxAccess,
    views: ViewService,
    members: MemberService,
    actions: ActionService,
    undo: UndoService,
    waits: UndoWaits,
    asked: Asked,
    session: Callable[[], aiohttp.ClientSession],
) -> Desks:
    notes = approval_mails(by_mail, mail_out)
    approvals = _approvals(by_mail, notes, waits, session, asked=asked)
    digests = DigestService(
        by_mail.database,
        by_mail.clock,
        by_mail.ids,
        by_mail.audit,
        digest_mailer(by_mail, views, mail_out, notes),
    )
    sign_in = link_sign_in(by_mail, members, session)
    letters = letter_services(
        by_mail,
        by_post,
        mails=mails,
        approvals=approval_desk(by_mail, notes, approvals.decisions),
        sign_in=sign_in,
        actions=actions,
        undo=undo,
    )
    return Desks(
        notes=notes, approvals=approvals, digests=digests, sign_in=sign_in, letters=letters
    )


def _approvals(
    by_mail: MailParts,
    notes: ApprovalMailService,
    waits: UndoWaits,
    session: Callable[[], aiohttp.ClientSession],
    *,
    asked: Asked,
) -> ApprovalServices:
    urgent = UrgentService(
        db=by_mail.database,
        clock=by_mail.clock,
        ids=by_mail.ids,
        audit=by_mail.audit,
        texts=text_messages(by_mail.settings, session),
    )
    deps = approval_deps(
        by_mail.clock,
        by_mail.ids,
        by_mail.audit,
        notify=notes.notify,
        alarm=urgent.alarm,
        asked=asked,
    )
    return approval_services(by_mail.database, deps, urgent, waits=waits)
