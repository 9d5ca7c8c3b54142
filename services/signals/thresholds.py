"""The confidence that a signal needs, by its name."""

from collections.abc import Mapping

from db import signals as rows
from db.session import ReadTx
from services.types.signals import THRESHOLD, SignalName


async def thresholds_in_force(tx: ReadTx) -> Mapping[SignalName, float]:
    """Of every name: what it was moved to, or what holds where nobody has moved it."""
    moved = dict(await rows.list_thresholds(tx))
    return {name: moved.get(name.value, THRESHOLD) for name in SignalName}
