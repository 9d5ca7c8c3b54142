"""Letters, put together: mails about drafts, the replies to all our mails, the pages behind their
links."""

from urllib.parse import urlsplit

from blocks.draft_mail import draft_mail
from blocks.email_digest import digest_mail
from bot.wiring_mail_decisions import MailParts, refusals
from services.approvals.mails import ApprovalMailService
from services.approvals.orders import OrderService
from services.bundle import LetterServices
from services.digest_mails import DigestMailer
from services.letters.draft_desk import ActionVerbs, DraftDesk, UndoVerb
from services.letters.draft_letters import CardReader, DraftLetterService
from services.letters.draft_pages import DraftPages
from services.letters.endings import EndService
from services.letters.links import SlackLink, no_slack_link
from services.letters.replies import ReplyService
from services.letters.sign_in import LinkSignIn
from services.mail_out import MailOut
from services.overviews import ViewService
from services.ports import Mails
from services.types.approvals import Surface

SLACK = "slack.com"


def draft_letters(parts: MailParts, mail_out: MailOut, card: CardReader) -> DraftLetterService:
    """Its `ready` is what revisions are told to."""
    return DraftLetterService(
        db=parts.database,
        clock=parts.clock,
        ids=parts.ids,
        audit=parts.audit,
        links=parts.links,
        mail_out=mail_out,
        card=card,
        render=draft_mail,
        public_url=parts.public_url,
        in_slack=slack_link(parts),
    )


def slack_link(parts: MailParts) -> SlackLink:
    """Opens the conversation with us, where the Slack we talk to is Slack's own."""
    host = urlsplit(parts.settings.slack_api_url).hostname or ""
    if host != SLACK and not host.endswith(f".{SLACK}"):
        return no_slack_link
    return lambda team, channel: f"https://slack.com/app_redirect?team={team}&channel={channel}"


def digest_mailer(
    parts: MailParts, views: ViewService, mail_out: MailOut, notes: ApprovalMailService
) -> DigestMailer:
    return DigestMailer(
        db=parts.database,
        clock=parts.clock,
        audit=parts.audit,
        views=views,
        mail_out=mail_out,
        render=digest_mail,
        links=parts.links,
        public_url=parts.public_url,
        approval_link=notes.link_for,
        in_slack=slack_link(parts),
    )


def letter_services(
    parts: MailParts,
    drafts: DraftLetterService,
    *,
    mails: Mails,
    approvals: OrderService,
    sign_in: LinkSignIn,
    actions: ActionVerbs,
    undo: UndoVerb,
) -> LetterServices:
    """`replies.receive` is what the system mailbox is read with; its desks are `approvals` and the
    one of drafts."""
    refused = refusals(parts, Surface.REPLY)
    desk = DraftDesk(
        db=parts.database,
        clock=parts.clock,
        letters=drafts,
        actions=actions,
        card=drafts.card,
        refusals=refused,
        undo=undo,
    )
    replies = ReplyService(
        db=parts.database,
        clock=parts.clock,
        ids=parts.ids,
        mails=mails,
        refusals=refused,
        desks=(approvals, desk),
    )
    pages = DraftPages(
        db=parts.database,
        clock=parts.clock,
        links=parts.links,
        devices=sign_in.devices,
        sign_in=sign_in,
        card=drafts.card,
        actions=actions,
        refusals=refusals(parts, Surface.LINK),
        undo=undo,
    )
    endings = EndService(db=parts.database, audit=parts.audit, links=parts.links)
    return LetterServices(drafts=drafts, replies=replies, pages=pages, endings=endings)
