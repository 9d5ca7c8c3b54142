"""Which release this is."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """As it was installed; `unknown` for a checkout nobody installed."""
    try:
        return version("understudy")
    except PackageNotFoundError:
        return "unknown"
