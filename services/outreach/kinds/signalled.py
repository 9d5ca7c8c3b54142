"""Open signals that call for a mail: they have gone quiet, they want to buy, a deal stands still.
What raised the signal has been judged already, and its evidence with it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from services.signals.detectors.seen import on_sale
from services.types.outreach import Found, OpenSignal, OutreachFacts, TriggerKind
from services.types.signals import CATALOGUE, EvidenceSource, SignalName

SIGNALS: Mapping[TriggerKind, tuple[SignalName, ...]] = MappingProxyType(
    {
        # The first that is open speaks.
        TriggerKind.BUYING_SIGNAL: (
            SignalName.READY_TO_BUY,
            SignalName.EXPANSION,
            SignalName.PRICING_ASKED,
        ),
        TriggerKind.SILENCE: (SignalName.CHAMPION_QUIET, SignalName.SILENCE),
        TriggerKind.STAGE_STUCK: (SignalName.STAGE_STUCK,),
    }
)


def buying_signal(known: OutreachFacts) -> Iterator[Found]:
    yield from _open(known, TriggerKind.BUYING_SIGNAL)


def silence(known: OutreachFacts) -> Iterator[Found]:
    yield from _open(known, TriggerKind.SILENCE)


def stage_stuck(known: OutreachFacts) -> Iterator[Found]:
    yield from _open(known, TriggerKind.STAGE_STUCK)


def _open(known: OutreachFacts, kind: TriggerKind) -> Iterator[Found]:
    """One a kind: of two reasons for one mail the first is told."""
    free = {one.name: one for one in reversed(known.signals) if not one.taken}
    signal = next((free[name] for name in SIGNALS[kind] if name in free), None)
    if signal is None or not signal.evidence or not on_sale(known.facts):
        return
    yield Found(
        kind=kind,
        key=f"{kind}:{signal.id}",
        why=signal.why or f"{known.facts.account_name}: {CATALOGUE[signal.name].words}",
        evidence=signal.evidence,
        name=signal.name.value,
        subject_id=signal.id,
        deal_id=signal.deal_id,
        contact_id=signal.contact_id,
        to=tuple(_writers(known, signal)),
    )


def _writers(known: OutreachFacts, signal: OpenSignal) -> Iterator[str]:
    """Who wrote what it stands on, the latest first."""
    quoted = {
        one.source_id for one in signal.evidence if one.quote and one.source != EvidenceSource.DEAL
    }
    for text in reversed(known.facts.texts):
        if text.id in quoted and text.theirs:
            yield text.sender_email
