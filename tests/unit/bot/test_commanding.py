"""What stands in a command's way is one sentence; what nobody foresaw is a traceback."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.commanding import FAILED, carried_out
from bot.config import Settings
from bot.logs import OURS
from bot.processes import StartupError
from services.errors import InvalidInput


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command sets up its process's logs."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            InvalidInput("There is no workspace T1."),
            "understudy token: There is no workspace T1.\n",
        ),
        (StartupError("Set a key."), "understudy token: Set a key.\n"),
        (ConnectionRefusedError("refused"), "the database doesn't answer (refused)"),
        (FileNotFoundError(2, "No such file", "a.zip"), "a.zip"),
    ],
)
def test_it_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    async def work(_settings: Settings) -> int:
        raise error

    assert carried_out("token", work, OSError if "a.zip" in said else ValueError) == FAILED
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_a_fault_of_ours_is_no_sentence() -> None:
    async def work(_settings: Settings) -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        carried_out("token", work)


def test_the_exit_code_is_the_works_own() -> None:
    async def work(_settings: Settings) -> int:
        return 1

    assert carried_out("token", work) == 1
