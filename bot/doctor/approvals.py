"""What `understudy doctor` says about approvals: whom the rules name and nobody is, and which ways
to decide are not open here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.wiring import Runtime
from db import members
from db.models.tenants import Member
from services.approval_routing import title_words
from services.approvals.rule_sets import current_rules
from services.types.approvals import ADMIN, MANAGER, RuleSet
from services.types.people import Role

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How approvals reach people from this process."""

    mail: bool
    links: bool
    sign_in: bool
    texts: bool


async def approval_lines(built: Runtime, tenant_id: UUID) -> list[tuple[bool, str]]:
    """One line for each thing that is missing; whether it is a fault, or only worth knowing."""
    services = built.services
    ways = Ways(
        mail=await services.approval_mails.mail_out.address(tenant_id) is not None,
        links=services.approval_mails.public_url is not None,
        sign_in=services.acts.sign_in is not None,
        texts=services.approvals.urgent.texts is not None,
    )
    async with built.database.read(tenant_id) as tx:
        rules = await current_rules(tx)
        people = [one for one in await members.list_members(tx) if one.active]
    return [*people_lines(rules, people), *ways_lines(rules, people, ways)]


def people_lines(rules: RuleSet, people: Sequence[Member]) -> Iterator[tuple[bool, str]]:
    """`people` are the active members."""
    if not any(one.role == Role.ADMIN for one in people):
        yield (
            True,
            (
                "approvals: there is no active admin, who is asked when nobody else may decide; "
                "make one in members.csv (role: admin) and run understudy seed"
            ),
        )
    named = _named(rules)
    held = {title for one in people for title in one.titles}
    for title in sorted(named - held - {MANAGER, ADMIN}):
        yield (
            False,
            (
                f"approvals: the rules name {title_words(title)} and nobody is one, so the next "
                f"who may is asked; say who in members.csv (titles: {title})"
            ),
        )
    alone = [one.name for one in people if one.role == Role.REP and one.manager_id is None]
    if MANAGER in named and alone:
        more = f" and {len(alone) - SHOWN} more" if len(alone) > SHOWN else ""
        yield (
            False,
            (
                f"approvals: no manager is known of {', '.join(alone[:SHOWN])}{more}, so the "
                "next who may is asked; say who in members.csv (manager_email)"
            ),
        )


def ways_lines(rules: RuleSet, people: Sequence[Member], ways: Ways) -> Iterator[tuple[bool, str]]:
    if not ways.mail:
        yield (
            False,
            (
                "approvals: no mails are written; set SMTP_URL and MAIL_FROM, or connect a system "
                "mailbox with understudy mailbox add --system"
            ),
        )
    elif not ways.links:
        yield False, "approvals: mails hold no links; set PUBLIC_URL"
    elif not ways.sign_in:
        yield (
            False,
            (
                "approvals: links in mails show and can't decide; set SLACK_CLIENT_ID and "
                "SLACK_CLIENT_SECRET"
            ),
        )
    if ways.texts and not any(one.phone for one in people):
        yield (
            False,
            ("approvals: there is an SMS gateway and no member has a phone; add one (members.csv)"),
        )
    if rules.urgent.sms and not ways.texts:
        yield False, "approvals: the rules ask for SMS and there is no gateway; set SMS_GATEWAY_URL"


def _named(rules: RuleSet) -> set[str]:
    """Everybody whom a rule may ask: by a band, an escalation, or the urgent channel."""
    found = {band.approver for rule in rules.rules for band in rule.bands}
    found |= {step for rule in rules.rules for step in rule.escalate}
    return found | ({rules.urgent.second_person} if rules.urgent.second_person else set())
