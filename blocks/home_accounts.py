"""The accounts in the reader's care: a page of them, and the ways to find one among many."""

from datetime import date, timedelta
from hashlib import sha256

from blocks.action_ids import ActionId, numbered
from blocks.home_parts import pager
from blocks.parts import (
    Block,
    actions,
    button,
    count,
    cut,
    day,
    local_day,
    moment,
    money,
    one_line,
    option,
    overflow,
    plain,
    section,
    short,
)
from blocks.terms import health_words, sentence, state_words
from blocks.values import Choice
from services.types.home import NO_DEAL, AccountLine, AccountsView, HomeFilters
from services.types.people import Function
from services.types.qualification import Stage
from services.types.views import Reader

FEW = 4
"""So many are seen at a glance: no filters above them."""
SOON = timedelta(days=14)
RENEWS_SOON = timedelta(days=90)
LONG_SILENT = timedelta(days=21)
ANY = "any"
INDUSTRIES = 98
BANDS: dict[str, str] = {
    "poor": "Health poor (below 40)",
    "fair": "Health fair (40 to 59)",
    "good": "Health good (60 to 79)",
    "very_good": "Health very good (80 and up)",
    "unknown": "Health not known",
}
STAGES: dict[str, str] = {
    **{stage: f"Stage {stage.value}" for stage in Stage if not stage.value.startswith("closed")},
    NO_DEAL: "No open deal",
}


def accounts_blocks(view: AccountsView, reader: Reader) -> list[Block]:
    """A heading, the filters, a page, and the ways on."""
    if not view.everything:
        return [section("*Your accounts*\nNone is in your care yet.")]
    shown = view.items[: view.size]
    return [
        _head(view),
        *(_filters(view) if view.everything > FEW or view.filters.filtered else []),
        *(_account(line, view.function, reader, number) for number, line in enumerate(shown)),
        *pager("accounts", view.page, view.size, view.total, "accounts"),
    ]


def _head(view: AccountsView) -> Block:
    if not view.filters.filtered:
        return section(f"*Your accounts* · {view.everything:,}")
    clear = button("Show all", ActionId.HOME_CLEAR, "accounts", label="Show all accounts")
    fit = f"{view.total:,} of {view.everything:,} fit"
    if view.filters.search:
        fit += f" “{short(view.filters.search, 80)}”"
    return section(f"*Your accounts* · {fit}", clear)


# ── Finding one ─────────────────────────────────────────────────────────────────────────────────
def _filters(view: AccountsView) -> list[Block]:
    filters = view.filters
    chosen = actions(
        _select(ActionId.HOME_HEALTH, "Any health", BANDS, filters.health),
        _select(ActionId.HOME_STAGE, "Any stage", STAGES, filters.stage),
        *_industries(view),
        block_id=f"home.filters.{_mark(filters)}",
    )
    return [chosen, _search(filters)]


def _industries(view: AccountsView) -> list[Block]:
    """Only those that the reader's accounts have."""
    names = {key: cut(one_line(name), 75) or "…" for key, name in view.industries[:INDUSTRIES]}
    chosen = view.filters.industry
    if len(names) < 2 and not chosen:  # noqa: PLR2004 - one of one is no choice
        return []
    if chosen and chosen not in names:
        names[chosen] = "An industry nobody is in"
    return [_select(ActionId.HOME_INDUSTRY, "Any industry", names, chosen)]


def _select(action_id: ActionId, any_: str, entries: dict[str, str], chosen: str) -> Block:
    options = [option(any_, ANY)] + [option(name, value) for value, name in entries.items()]
    found = [entry for entry in options if entry["value"] == chosen]
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(any_, 150),
        "options": options,
        "initial_option": (found or options)[0],
    }


def _search(filters: HomeFilters) -> Block:
    """Enter searches."""
    field: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.HOME_SEARCH,
        "max_length": 80,
        "placeholder": plain("A part of the name or industry, then Enter", 150),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if filters.search:
        field["initial_value"] = cut(filters.search, 80)
    return {
        "type": "input",
        "block_id": f"home.search.{_mark(filters)}",
        "label": plain("Find an account", 2000),
        "element": field,
        "optional": True,
        "dispatch_action": True,
    }


def _mark(filters: HomeFilters) -> str:
    """Slack keeps what stands in a field of the same block, even when it was changed elsewhere:
    with another wish it is another block."""
    words = f"{filters.health} {filters.stage} {filters.industry} {filters.search}"
    return sha256(words.encode("utf-8", "replace")).hexdigest()[:12]


# ── One account ─────────────────────────────────────────────────────────────────────────────────
def _account(line: AccountLine, function: Function, reader: Reader, number: int) -> Block:
    """Who, how they are and where it stands; then when somebody last wrote, and what is next."""
    today = local_day(reader.now, reader.timezone)
    first = [f"*{short(line.name, 80)}*", health_words(line.health), *_standing(line, function)]
    heard = "no mail yet"
    if line.last_contact:
        heard = f"last mail {moment(line.last_contact, reader.now, reader.timezone)}"
    second = [heard, *_next(line, reader, today)]
    text = f"{' · '.join(first)}\n{sentence(' · '.join(second))}"
    return section(text, _menu(line, number))


def _standing(line: AccountLine, function: Function) -> list[str]:
    """The deal; for those who don't sell, where the customer is."""
    state = [short(state_words(line.lifecycle), 40)] if line.lifecycle else []
    if line.stage is None:
        return state or ["no open deal"]
    more = f" and {line.open_deals - 1} more" if line.open_deals > 1 else ""
    deal = f"{short(state_words(line.stage), 30)}, {money(line.amount, line.currency)}{more}"
    return [deal] if function == Function.SALES else [*state, deal]


def _next(line: AccountLine, reader: Reader, today: date) -> list[str]:
    """What is next there, the most pressing first; at most two of it."""
    found = []
    if line.waiting:
        waits = "waits" if line.waiting == 1 else "wait"
        found.append(f"*{count(line.waiting, 'mail')} {waits} for your word*")
    if line.asked:
        waits = "waits" if line.asked == 1 else "wait"
        found.append(f"{count(line.asked, 'approval')} {waits}")
    if line.close_date and line.close_date < today:
        found.append(f"*should have closed {day(line.close_date, today)}*")
    elif line.close_date:
        when = f"closes {day(line.close_date, today)}"
        found.append(f"*{when}*" if line.close_date - today <= SOON else when)
    if line.renewal_date and line.renewal_date - today <= RENEWS_SOON:
        past = line.renewal_date < today
        when = day(line.renewal_date, today)
        found.append(f"*renewal was due {when}*" if past else f"renews {when}")
    if line.last_contact and reader.now - line.last_contact >= LONG_SILENT:
        found.append(f"silent for {count((reader.now - line.last_contact).days // 7, 'week')}")
    return found[:2] or ["nothing is planned"]


def _menu(line: AccountLine, number: int) -> Block:
    why = "Why no health?" if line.health is None else f"Why health {line.health}?"
    entries = (
        ("Brief", ActionId.BRIEF),
        (why, ActionId.HEALTH_WHY),
        ("Write a mail", ActionId.COMPOSE),
        ("Request approval", ActionId.REQUEST_FOR),
    )
    return overflow(
        numbered(ActionId.HOME_ACCOUNT, number),
        [(text, Choice(id=line.account_id, do=do).encode()) for text, do in entries],
    )
