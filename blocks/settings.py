"""`/understudy settings`: how I tell you things, who sees what, and what holds for everybody."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.modals import input_block, modal
from blocks.parts import (
    Block,
    button,
    confirm,
    context,
    count,
    divider,
    option,
    section,
    short,
)
from services.types.moments import until_words
from services.types.people import Role
from services.types.preferences import NIGHTS, AlertWish, Preferences
from services.types.rollout import SettingsView, TenantSwitches
from services.types.tenant_settings import PRESET_WORDS


def _plainer(night: str) -> str:
    """`18:00-08:00` as `18:00 to 8:00`."""
    begins, _, ends = night.partition("-")
    return f"{begins} to {ends.removeprefix('0')}"


WISHES = (
    ("digest_slack", "The morning digest here in Slack"),
    ("digest_mail", "The morning digest by mail"),
    ("draft_mail", "A mail when a draft waits for me"),
)
REPORTS = {
    Role.MANAGER: "My team's week in figures, on Monday",
    Role.EXECUTIVE: "The company's month in figures, on its first working day",
    Role.ADMIN: "The company's month in figures, on its first working day",
}
"""Whoever gets one chooses by which way."""
LEARNING = (
    ("streaks", "Show me working days in a row without a draft left lying; only I see it"),
    ("share_examples", "Let whoever leads me read the mails behind my figures"),
)
"""Off unless somebody ticks them."""
NO_HOURS = "off"
HOURS = ((NO_HOURS, "None"), *((night, _plainer(night)) for night in NIGHTS))
PROMPTS = (("0", "Never"), ("1", "Once a week"), ("2", "Twice a week"), ("5", "Five times a week"))
PROPOSALS = (("0", "None"), ("2", "2"), ("5", "5"), ("10", "10"), ("20", "20"))
ALERTS = (
    (AlertWish.CRITICAL.value, "Critical alerts; the rest in the digest"),
    (AlertWish.HIGH.value, "Critical and high alerts"),
    (AlertWish.DIGEST.value, "Nothing: all alerts in the digest"),
)
CAPS = (("0", "None"), *((n, f"{n} a day") for n in ("5", "10", "20", "30", "50")))
WHO_SEES = (
    "*Who sees what*\n"
    "• A mail's card: whoever answers it, and colleagues who got the same mail.\n"
    "• Summaries of mail with an account, on the account's page: every member.\n"
    "• Mail of nobody's account: its headers only, and only you. No model reads it until you "
    "choose.\n"
    "• What is written in a Slack thread that somebody has me follow, and meetings: kept with the "
    "account. Of every other message in Slack nothing is kept.\n"
    "• What stands under the Gmail label `Understudy/never`, and excluded addresses: nobody.\n"
    "• Before somebody is enabled, admins can preview their last week's cards.\n"
    "• When somebody leaves: their open conversations with customers go to their manager.\n"
    "• Alerts on an account: whoever looks after it, and above a set amount their manager.\n"
    "• What I did and why, without a mail's text: you on your accounts, managers of their people, "
    "admins all.\n"
    "• How your drafts fared, as counts: you and those who lead you. The mails themselves only if "
    "you tick it above, and then the examples behind a finding, nothing else.\n"
    "• Who decided what, and when: everybody on that card, and whoever reads the audit."
)


def settings_modal(view: SettingsView) -> Block:
    """The reader's own part can be saved; the tenant's buttons act at once, each after a window
    that says what happens."""
    return modal(
        "Settings",
        [
            section(f"*How I tell you things*\n{_standing(view)}"),
            *_paused(view),
            input_block(
                FieldId.WISHES,
                "Send me",
                _ticks(FieldId.WISHES, wishes(view.reader.role), view.preferences),
                optional=True,
            ),
            input_block(
                FieldId.PROMPTS,
                "Ask me how a draft was, at most",
                _select(FieldId.PROMPTS, PROMPTS, str(view.preferences.feedback_prompts)),
            ),
            input_block(
                FieldId.QUIET_HOURS,
                "Quiet hours",
                _select(FieldId.QUIET_HOURS, HOURS, view.preferences.quiet_hours or NO_HOURS),
            ),
            input_block(
                FieldId.ALERTS,
                "Alert me at once of",
                _select(FieldId.ALERTS, ALERTS, view.preferences.alerts.value),
            ),
            input_block(
                FieldId.DAILY_CAP,
                "Mail I may send by myself in your name",
                _select(FieldId.DAILY_CAP, CAPS, str(view.preferences.daily_cap)),
            ),
            input_block(
                FieldId.PROPOSALS,
                "Suggest mails to my accounts, a day at most",
                _select(FieldId.PROPOSALS, PROPOSALS, str(view.preferences.proposals_a_day)),
            ),
            input_block(
                FieldId.LEARNING,
                "How I'm doing",
                _ticks(FieldId.LEARNING, LEARNING, view.preferences),
                optional=True,
            ),
            divider(),
            section(WHO_SEES),
            *(_tenant(view.tenant) if view.tenant else []),
        ],
        callback_id=CallbackId.SETTINGS,
        submit="Save",
        close="Cancel",
    )


def wishes(role: Role) -> tuple[tuple[str, str], ...]:
    """What somebody of this role may have sent to them."""
    report = REPORTS.get(role)
    if report is None:
        return WISHES
    return (
        *WISHES,
        ("report_mail", f"{report}, by mail"),
        ("report_slack", f"{report}, here in Slack"),
    )


def _standing(view: SettingsView) -> str:
    zone = f"Your time zone is {short(view.reader.timezone, 60)}, as Slack tells it."
    gmail = "" if view.has_mailbox else " Your Gmail isn't connected, so I read nothing for you."
    off = "" if view.enabled else " An admin hasn't enabled you yet: I tell you only what you ask."
    return f"{zone}{gmail}{off}"


def _paused(view: SettingsView) -> list[Block]:
    if view.paused_until is None:
        return []
    until = until_words(view.paused_until, view.reader.now, view.reader.timezone)
    return [
        section(f"You have paused me until {until}.", button("Resume", ActionId.RESUME, "settings"))
    ]


def _ticks(field: FieldId, choices: Sequence[tuple[str, str]], now: Preferences) -> Block:
    """Boxes named after the preference each stands for."""
    chosen = [option(text, name) for name, text in choices if getattr(now, name)]
    element: Block = {
        "type": "checkboxes",
        "action_id": field,
        "options": [option(text, name) for name, text in choices],
    }
    return {**element, "initial_options": chosen} if chosen else element


def _select(field: FieldId, choices: Sequence[tuple[str, str]], now: str) -> Block:
    """What stands there now is among the choices, also when nobody could choose it here."""
    words = dict(choices) | ({} if now in dict(choices) else {now: now})
    return {
        "type": "static_select",
        "action_id": field,
        "options": [option(text, value) for value, text in words.items()],
        "initial_option": option(words[now], now),
    }


def _tenant(tenant: TenantSwitches) -> list[Block]:
    preset = PRESET_WORDS[tenant.preset][0] if tenant.preset else "Standard, not chosen"
    if tenant.preset and not tenant.preset_fits:
        preset += ", with changes of your own since"
    waiting = f", {tenant.waiting} not enabled" if tenant.waiting else ", all enabled"
    return [
        divider(),
        section("*For the whole workspace*"),
        section(
            f"Guardrail preset: {preset} (rules version {tenant.rules_version})",
            button("Change", ActionId.PRESET_CHOOSE, "settings"),
        ),
        section(
            f"Shadow mode: {'on, nothing is shown or leaves' if tenant.shadow else 'off'}",
            button("End it" if tenant.shadow else "Switch on", ActionId.SHADOW, "settings"),
        ),
        section(
            f"Members: {count(tenant.members, 'member')}{waiting}",
            button("Members", ActionId.MEMBERS, "settings"),
        ),
        section(
            "Managers hear of critical risk where open deals are worth more than "
            f"{tenant.alert_amount:,f}",
            button("Change", ActionId.ALERT_AMOUNT, "settings"),
        ),
        _kill_switch(tenant),
        context("Each change is written into the audit with your name."),
    ]


def _kill_switch(tenant: TenantSwitches) -> Block:
    if tenant.stopped:
        return section(
            "*Everything is stopped: nothing leaves for anybody.*",
            button("Resume", ActionId.RESUME_ALL, "settings"),
        )
    sure = confirm(
        "Stop everything?",
        "Nothing leaves for anybody until an admin resumes it. Mail that is being sent this very "
        "second may still leave.",
        "Stop everything",
        "Cancel",
    )
    return section(
        "Sending: on",
        button("Stop everything", ActionId.PAUSE_ALL, "settings", style="danger", confirm=sure),
    )
