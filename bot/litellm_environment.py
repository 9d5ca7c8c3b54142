"""What litellm must find in the environment before it is imported. Writes, never reads."""

import os

SETTINGS = {
    # Otherwise the import fetches a price list from the network, and retries when it can't.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    # Otherwise a .env file of the working directory is read.
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
    # Otherwise it hangs a filter onto asyncio's and the scheduler's loggers that imports more of
    # litellm: a line logged while litellm itself is being imported ends the process. Our own logs
    # are masked by bot/logs.
    "LITELLM_DISABLE_REDACT_SECRETS": "true",
}


def prepare_litellm_environment() -> None:
    """Call before the first import of litellm; calling it again changes nothing."""
    os.environ.update(SETTINGS)  # noqa: TID251 - litellm takes these from nowhere else
