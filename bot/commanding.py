"""What the commands that work on the database share: settings, quiet logs, an exit code, and one
sentence for what stands in the way. What it needs is imported when a command runs, not for
`--help`."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.config import Settings

FAILED = 2


def carried_out(
    name: str,
    work: Callable[["Settings"], Coroutine[Any, Any, int]],
    *also: type[Exception],
) -> int:
    """The exit code of `work`, or FAILED with a sentence on standard error. `also` are errors whose
    own words are for people too."""
    from bot.config import load_settings  # noqa: PLC0415 - see above
    from bot.logs import set_up_logs  # noqa: PLC0415 - see above
    from bot.processes import StartupError  # noqa: PLC0415 - see above
    from db.session import is_disconnect  # noqa: PLC0415 - see above
    from services.errors import ServiceError  # noqa: PLC0415 - see above

    told: tuple[type[Exception], ...] = (StartupError, ServiceError, *also)
    settings = load_settings()
    set_up_logs("WARNING")
    try:
        return asyncio.run(work(settings))
    except told as error:
        sys.stderr.write(f"understudy {name}: {error}\n")
        return FAILED
    except Exception as error:
        if not is_disconnect(error):
            raise
        sys.stderr.write(f"understudy {name}: the database doesn't answer ({error})\n")
        return FAILED
