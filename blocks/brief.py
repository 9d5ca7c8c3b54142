"""One page about an account, every line from stored facts."""

from collections.abc import Sequence
from datetime import date

from blocks.action_ids import Target
from blocks.health import why_button
from blocks.inbox import inbox_item
from blocks.lint import fitted
from blocks.parts import (
    Block,
    context,
    day,
    local_day,
    moment,
    money,
    one_line,
    quotations,
    section,
    short,
)
from blocks.terms import (
    CRITERIA,
    criterion_name,
    excerpt,
    health_words,
    sentence,
    state_words,
    value_words,
)
from services.types.views import BriefView, CriterionView


def brief_blocks(view: BriefView) -> list[Block]:
    """Who they are, where it stands, what was said, what waits."""
    blocks = [section(_head(view), why_button(Target(id=view.account_id), view.health))]
    blocks += [section(_deals(view))] if view.deals else [section("No open deal.")]
    known = [item for item in view.qualification if item.value]
    if known:
        blocks.append(known_criteria(known, local_day(view.reader.now, view.reader.timezone)))
    gaps = [criterion_name(c).lower() for c in _missing(view)]
    if gaps:
        blocks.append(context(f"Still open: {', '.join(gaps)}"))
    if view.contacts:
        blocks.append(section(_contacts(view)))
    if view.timeline:
        blocks.append(section(_timeline(view)))
    if view.waiting:
        blocks.append(section("*Waits for you*"))
        blocks += [inbox_item(item, view.reader, n) for n, item in enumerate(view.waiting[:5])]
    return fitted(blocks)


def _head(view: BriefView) -> str:
    today = local_day(view.reader.now, view.reader.timezone)
    facts = [health_words(view.health)]
    facts += [short(view.industry, 60)] if view.industry else []
    facts += [short(state_words(view.lifecycle), 40)] if view.lifecycle else []
    facts += [f"renews {day(view.renewal_date, today)}"] if view.renewal_date else []
    owners = ", ".join(
        f"{short(name, 40)} ({short(state_words(what), 20)})" for what, name in view.owners[:6]
    )
    lines = [f"*{short(view.account_name, 80)}*", sentence(" · ".join(facts))]
    return "\n".join([*lines, *([f"Looked after by {owners}"] if owners else [])])


def _deals(view: BriefView) -> str:
    today = local_day(view.reader.now, view.reader.timezone)
    lines = [
        f"• {short(deal.name, 80)}: {short(state_words(deal.stage), 30)}, "
        f"{money(deal.amount, deal.currency)}"
        + (f", closes {day(deal.close_date, today)}" if deal.close_date else "")
        for deal in view.deals[:8]
    ]
    return "*Deals*\n" + "\n".join(lines)


def _contacts(view: BriefView) -> str:
    lines = []
    for name, title, last in view.contacts[:8]:
        seen = (
            f"wrote {moment(last, view.reader.now, view.reader.timezone)}"
            if last
            else "hasn't written yet"
        )
        lines.append(f"• {short(name, 60)}{f', {short(title, 60)}' if title else ''}: {seen}")
    return "*People*\n" + "\n".join(lines)


def _timeline(view: BriefView) -> str:
    verbs = {"inbound": "wrote", "outbound": "answered", "note": "noted"}
    lines = [
        f"• {moment(item.at, view.reader.now, view.reader.timezone)} · "
        f"{short(item.who, 40)} {verbs[item.direction]}: "
        f"{short(excerpt(item.text, '', 140), 140)}"
        + (f" (<{item.link}|in Slack>)" if item.link else "")
        for item in view.timeline[:10]
    ]
    return "*Lately*\n" + "\n".join(lines)


def known_criteria(items: Sequence[CriterionView], today: date, *, numbers: bool = False) -> Block:
    """What is known, each quote once; with `numbers`, how sure that is."""
    proofs: dict[str, list[str]] = {}
    for item in items[:10]:
        quote = one_line(item.evidence.split(" | ")[-1]) or "no quote"
        value = value_words(item.value or "not known", quote, today)
        sure = f" ({item.confidence:.0%})" if numbers else ""
        text = f"{criterion_name(item.criterion)}{f': {value}' if value else ''}{sure}"
        proofs.setdefault(quote, []).append(text)
    return quotations([(quote, " · ".join(names)) for quote, names in proofs.items()])


def _missing(view: BriefView) -> list[str]:
    known = {item.criterion for item in view.qualification if item.value}
    open_deal = bool(view.qualification)
    return [c for c in CRITERIA if c not in known] if open_deal else []
