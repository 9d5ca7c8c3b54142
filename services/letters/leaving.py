"""How a mail of ours leaves, whatever it is about: once. It is claimed before, settled after, and
one that may have left is never sent again."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from db import mailboxes
from db.session import ReadTx
from services.errors import ServiceError, TransientError
from services.mail.tokens import plus_address
from services.types.mail import Address

NO_ADDRESS = "No mail address is set up to send from."
UNSURE = "The connection broke while the mail was leaving, so it may or may not have arrived."
LONGEST_LOCAL_PART = 64


class Settle(Protocol):
    """Moves the mail's row from one status to the next; False when another job did."""

    def __call__(self, expect: str, status: str, note: str | None = None) -> Awaitable[bool]: ...


async def died_on_the_way(settle: Settle, unsure: str = UNSURE) -> None:
    """The job that had claimed it is gone: nobody knows whether it left."""
    await settle("sending", "unknown", unsure)


async def hand_over(
    send: Callable[[], Awaitable[None]], settle: Settle, unsure: str = UNSURE
) -> None:
    """Give it to the sender and write down what became of it. Raises TransientError when it
    certainly did not leave, so that the job comes again."""
    try:
        await send()
    except TransientError as error:
        if error.ambiguous:
            await settle("sending", "unknown", unsure)
            return
        await settle("sending", "queued", str(error))
        raise
    except ServiceError as error:
        await settle("sending", "failed", str(error))
        return
    if not await settle("sending", "sent"):
        # A second run of the job took this one for dead; now it is known.
        await settle("unknown", "sent")


async def system_address(tx: ReadTx) -> str | None:
    """Where replies are read: the tenant's system mailbox, when one is connected."""
    found = await mailboxes.find_system(tx)
    return found[1] if found else None


def reply_address(address: str | None, code: str | None) -> Address | None:
    """Where the answer to a mail with this token goes. The token is left out of an address that
    would grow too long; it stands in the Message-ID and the footer as well."""
    if address is None or code is None:
        return None
    marked = plus_address(address, code)
    fits = len(marked.rpartition("@")[0]) <= LONGEST_LOCAL_PART
    return Address(email=marked if fits else address, name="Understudy")
