"""The first-run checklist: how far this workspace is, and what to do next. Admins see it on their
Home tab until everything is done, and one line of it afterwards."""

from db import rollout as rows
from db import tenants
from db.models.tenants import Member, Tenant
from db.session import ReadTx
from services.types.people import Role
from services.types.setup import SetupStep, SetupView, Step
from services.types.tenant_settings import PRESET_WORDS, TenantSettings, read_settings

CONNECT, IMPORT, SEE, CHOOSE = "Connect Gmail", "Import from Slack", "How to", "Choose"


async def own_setup(tx: ReadTx, member: Member, *, sends_mail: bool = False) -> SetupView | None:
    """The checklist as this member sees it."""
    tenant = await tenants.get_tenant(tx)
    return None if tenant is None else await setup_view(tx, tenant, member, sends_mail=sends_mail)


async def setup_view(
    tx: ReadTx, tenant: Tenant, member: Member, *, sends_mail: bool = False
) -> SetupView | None:
    """The checklist for this member; None for anybody who isn't an admin. `sends_mail`: our own
    mail leaves by SMTP, whether a mailbox is connected for it or not."""
    if member.role != Role.ADMIN:
        return None
    settings = read_settings(tenant.settings)
    people = await rows.count_people(tx)
    return SetupView(
        steps=(
            await _gmail(tx, people, sends_mail=sends_mail),
            _members(people),
            await _customers(tx),
            _preset(settings),
            _shadow(settings, people),
            _enable(people, settings),
        )
    )


async def _gmail(tx: ReadTx, people: rows.People, *, sends_mail: bool) -> SetupStep:
    """Whose mail is read, and where our own leaves from."""
    system = sends_mail or await rows.has_system_mailbox(tx)
    of_all = f"{people.connected} of {people.members} people have connected Gmail"
    ours = "digests leave by mail" if system else "no mailbox for digests yet, so Slack only"
    return SetupStep(
        step=Step.GMAIL,
        done=people.connected > 0 and system,
        sentence=f"{of_all}; {ours}.",
        button=None if people.connected and system else CONNECT,
    )


def _members(people: rows.People) -> SetupStep:
    """More than the one who installed it."""
    done = people.members > 1
    roles = f"{_count(people.admins, 'admin')}, {_count(people.managers, 'manager')}"
    sentence = (
        f"{people.members} members: {roles}."
        if done
        else "Only you so far. Importing people messages nobody."
    )
    return SetupStep(step=Step.MEMBERS, done=done, sentence=sentence, button=IMPORT)


async def _customers(tx: ReadTx) -> SetupStep:
    accounts, deals = await rows.count_customers(tx)
    sentence = (
        f"{_count(accounts, 'account')} and {_count(deals, 'deal')}."
        if accounts
        else "None yet, so no mail can be told from another. A CSV file brings them in."
    )
    return SetupStep(
        step=Step.CUSTOMERS,
        done=accounts > 0,
        sentence=sentence,
        button=None if accounts else SEE,
    )


def _preset(settings: TenantSettings) -> SetupStep:
    if settings.preset is None:
        return SetupStep(
            step=Step.PRESET,
            done=False,
            sentence="Not chosen, so Standard holds: whoever answers a mail approves it.",
            button=CHOOSE,
        )
    name, _ = PRESET_WORDS[settings.preset]
    return SetupStep(step=Step.PRESET, done=True, sentence=f"{name}.", button=CHOOSE)


def _shadow(settings: TenantSettings, people: rows.People) -> SetupStep:
    """Done once it has ended and somebody is there to be told things."""
    if settings.shadow:
        return SetupStep(
            step=Step.SHADOW,
            done=False,
            sentence="On: I watch and write down, nobody is told and nothing leaves.",
            button="End it",
        )
    return SetupStep(
        step=Step.SHADOW,
        done=True,
        sentence="Off: what enabled people are shown is real." if people.enabled else "Off.",
        button="Switch on",
    )


def _enable(people: rows.People, settings: TenantSettings) -> SetupStep:
    waiting = people.members - people.enabled
    if waiting == 0:
        return SetupStep(step=Step.ENABLE, done=True, sentence=f"All {people.members} are enabled.")
    later = " They hear from me when shadow mode ends." if settings.shadow else ""
    return SetupStep(
        step=Step.ENABLE,
        done=False,
        sentence=f"{people.enabled} of {people.members} are enabled.{later}",
        button="Preview and enable",
    )


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
