"""Text from outside, wherever it is shown: nothing in it is active."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import blocks
from tests.security.hostile import Maker
from tests.security.rows import Row, Tally, Trial
from tests.security.active import block_faults, html_faults, mrkdwn_faults

TITLE = "Text from outside, where it is shown"
TAKES_MARKUP = frozenset({"parts", "lint", "modals", "charts", "marking"})
"""Modules of pieces that others put together: what comes in there is escaped already."""
HTML = ("_page", "_mail")


def renderers() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """(module, name, function) of everything public in `blocks/` that shows a view."""
    for found in pkgutil.iter_modules(blocks.__path__):
        module = importlib.import_module(f"blocks.{found.name}")
        for name, function in vars(module).items():
            if (
                inspect.isfunction(function)
                and function.__module__ == module.__name__
                and not name.startswith("_")
                and found.name not in TAKES_MARKUP
            ):
                yield found.name, name, function


def shown(function: Callable[..., Any], maker: Maker) -> Any:
    hints = {name: one for name, one in get_type_hints(function).items() if name != "return"}
    return function(**{name: maker.of(one, name) for name, one in hints.items()})


def faults_of(name: str, made: Any) -> list[str]:
    if isinstance(made, (dict, list)):
        return list(block_faults(made))
    if isinstance(made, str):
        if made.lstrip().startswith("<!doctype html>"):
            return html_faults(made, forms=True)
        return list(mrkdwn_faults(made)) if name.endswith("_text") else []
    if isinstance(made, tuple) and name.endswith("_mail"):
        _subject, text, html = made if len(made) == 3 else ("", "", "")
        return html_faults(html)
    return []


def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    for module, name, function in renderers():
        done = 0
        for number in range(trial.some(40, 3)):
            maker = Maker(trial.random(module, name, str(number)))
            try:
                made = shown(function, maker)
            except (KeyError, ValueError, IndexError, ZeroDivisionError, TypeError) as error:
                last = error
                continue
            done += 1
            for fault in faults_of(name, made)[:1] or [""]:
                tally.add("x", held=not fault, fault=f"{module}.{name}: {fault}")
                if fault:
                    print(module, name, fault)
        if not done:
            print("never", module, name, repr(last)[:150])
    return tally.rows()
