"""The figures of an evaluation, as tables to read and as JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.types.signals import Detected, SignalName
from tests.evals.facts import Spent
from tests.evals.judging import NONE, Tally, Verdict, by_kind, by_name, confusion, macro, micro

_WIDTH = 24
_QUOTE = 110
_HEAD = "right  vain  miss   prec    rec     F1   evid"


def tables(title: str, verdicts: Sequence[Verdict]) -> str:
    """Precision, recall, F1 and evidence by name and by kind, with their counts."""
    names = by_name(verdicts)
    whole = micro(names)
    mean = macro(names)
    lines = [f"{title}: {len(verdicts)} cases", f"{'':{_WIDTH}} {_HEAD}"]
    lines += [_row(name.value, tally) for name, tally in names.items()]
    lines += ["", *(_row(kind, tally) for kind, tally in by_kind(names).items()), ""]
    lines.append(_row("all, micro", whole))
    lines.append(f"{'all, macro':{_WIDTH}} {'':17} {mean[0]:6.3f} {mean[1]:6.3f} {mean[2]:6.3f}")
    return "\n".join(lines)


def confusion_table(verdicts: Iterable[Verdict]) -> str:
    """Expected by found. Columns are numbered as the rows are."""
    cells = confusion(verdicts)
    labels = [*(name.value for name in SignalName), NONE]
    lines = [
        "expected (rows) by found (columns, numbered as the rows)",
        " " * (_WIDTH + 4) + "".join(f"{place:>4}" for place in range(1, len(labels) + 1)),
    ]
    for place, expected in enumerate(labels, start=1):
        row = "".join(f"{cells[expected, found] or '·':>4}" for found in labels)
        lines.append(f"{place:>3} {expected:{_WIDTH}}{row}")
    return "\n".join(lines)


def spending(spent: Spent, model: str, seconds: float) -> str:
    cost = f"{spent.cost_usd:.4f} USD" + (f", {spent.unpriced} unpriced" if spent.unpriced else "")
    return (
        f"{model}: {spent.calls} calls, {spent.failed} failed, {spent.tokens_in:,} + "
        f"{spent.tokens_out:,} tokens, {cost}, {seconds:.1f} s"
    )


def as_json(
    verdicts: Sequence[Verdict], spent: Spent, model: str, seconds: float
) -> dict[str, Any]:
    """The same figures for machines, and what each case came to."""
    return {
        "model": model,
        "seconds": round(seconds, 2),
        "calls": spent.calls,
        "failed": spent.failed,
        "tokens_in": spent.tokens_in,
        "tokens_out": spent.tokens_out,
        "cost_usd": str(spent.cost_usd),
        "unpriced": spent.unpriced,
        **figures(verdicts),
        "confusion": _nested(confusion(verdicts)),
        "cases": {verdict.look.case.id: _case(verdict) for verdict in verdicts},
    }


def figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What the regression guard compares: dev, held out and all, apart."""
    parts = {
        "dev": [one for one in verdicts if not one.look.case.held_out],
        "held_out": [one for one in verdicts if one.look.case.held_out],
        "all": verdicts,
    }
    return {part: _figures(chosen) for part, chosen in parts.items()}


def missed(verdicts: Iterable[Verdict]) -> str:
    """Each case that isn't right, readable: what was said, what was looked for, what was seen."""
    return "\n\n".join(_told(verdict) for verdict in verdicts if verdict.wrong or verdict.missed)


def story(verdict: Verdict) -> str:
    """One case whole: the thread, its labels, and everything detectors saw."""
    case = verdict.look.case
    lines = [f"{case.id} · {case.account} · look {case.look:%d %b %Y %H:%M}"]
    for text in verdict.look.facts.texts:
        who = f"{text.sender_name}{'' if text.human else ' (automatic)'}"
        lines.append(f"  {text.happened_at:%d %b %H:%M} {who}: {' '.join(text.text.split())}")
        lines += [f"      · {one.kind} {one.name} {one.confidence}" for one in text.signals or ()]
    lines += [f"  deal {dict(deal)}" for deal in case.deals]
    lines += [f"  meeting {dict(meeting)}" for meeting in case.meetings]
    lines.append(f"  labelled: {', '.join(sorted(case.expect)) or NONE}")
    lines.append(f"  arguable: {', '.join(sorted(case.may)) or NONE}")
    lines += ["  found:", *(_detected(one) for one in verdict.look.found)]
    lines += ["  below:", *(_detected(one) for one in verdict.look.below)]
    return "\n".join(lines)


def _told(verdict: Verdict) -> str:
    case = verdict.look.case
    lines = [f"{case.id} ({case.language}) {case.note}".rstrip()]
    seen = {one.name: one for one in verdict.look.below}
    for name in sorted(verdict.missed):
        lines.append(f"  missed {name.value}, labelled on:")
        lines += [f"      {label.words[:_QUOTE]}" for label in case.expect[name]]
        lines += [_detected(seen[name])] if name in seen else []
    for name in sorted(verdict.wrong):
        lines.append(f"  in vain {name.value}:")
        lines += [_detected(one) for one in verdict.look.found if one.name is name]
    return "\n".join(lines)


def _detected(one: Detected) -> str:
    proof = "; ".join((piece.quote or piece.words)[:_QUOTE] for piece in one.evidence)
    return f"      {one.name.value} {one.confidence:.2f} on {len(one.evidence)}: {proof}"


def _row(label: str, tally: Tally) -> str:
    counts = f"{tally.right:>5} {tally.wrong:>5} {tally.missed:>5}"
    rates = " ".join(
        f"{'-' if one is None else f'{one:.3f}':>6}"
        for one in (tally.precision, tally.recall, tally.f1, tally.evidence)
    )
    return f"{label:{_WIDTH}} {counts} {rates}"


def _figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    names = by_name(verdicts)
    mean = macro(names)
    return {
        "cases": len(verdicts),
        "micro": _rates(micro(names)),
        "macro": dict(zip(("precision", "recall", "f1"), (round(x, 3) for x in mean), strict=True)),
        "kinds": {kind: _rates(tally) for kind, tally in by_kind(names).items()},
        "names": {name.value: _rates(tally) for name, tally in names.items()},
    }


def _rates(tally: Tally) -> dict[str, Any]:
    rates = {
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
        "evidence": tally.evidence,
    }
    rounded = {key: None if value is None else round(value, 3) for key, value in rates.items()}
    return {"right": tally.right, "vain": tally.wrong, "missed": tally.missed, **rounded}


def _case(verdict: Verdict) -> Mapping[str, Sequence[str]]:
    return {
        "right": sorted(verdict.right),
        "vain": sorted(verdict.wrong),
        "missed": sorted(verdict.missed),
        "unproven": sorted(verdict.right - verdict.proven),
    }


def _nested(cells: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (expected, found), times in sorted(cells.items()):
        nested.setdefault(expected, {})[found] = times
    return nested
