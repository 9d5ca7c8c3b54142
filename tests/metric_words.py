"""Which label values /metrics may hold: words of the code, and nothing else.

Every value must be written down as a constant somewhere in the product, be put together of two that
are (`outreach.` + `lapsed`), or be a method of Gmail's own description of its API. Ids, addresses
and names that people made up are none of these.
"""

import json
import re
from functools import cache
from pathlib import Path

import googleapiclient.discovery_cache
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("bot", "handlers", "blocks", "services", "db")
PERSONAL = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16}|@|\b[TUWCDGAB]0?[A-Z0-9]{7,}\b|xox|us_"
)
STATUS = re.compile(r"[1-5]xx")
OF_THE_MACHINE = {"le", "quantile", "version", "python"}
"""Bounds of buckets, and the one series that tells what is installed."""


CONSTANT = re.compile(r'"([^"\\\n{}]{1,80})"')
START = re.compile(r'f"([a-z_]+\.)\{')


@cache
def literals() -> tuple[frozenset[str], tuple[str, ...]]:
    """Every short text constant of the product, and what begins a name that is put together."""
    words, starts = set[str](), set[str]()
    for folder in PRODUCT:
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            words.update(CONSTANT.findall(text))
            starts.update(START.findall(text))
    return frozenset(words), tuple(sorted(starts))


@cache
def gmail_methods() -> frozenset[str]:
    folder = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
    told = json.dumps(json.loads((folder / "gmail.v1.json").read_text()))
    found = re.findall(r'"id": "gmail\.users\.([A-Za-z.]+)"', told)
    assert "drafts.send" in found
    return frozenset(found)


def is_ours(value: str) -> bool:
    words, starts = literals()
    if STATUS.fullmatch(value):
        return True
    if value in words or value in gmail_methods():
        return True
    for start in starts:
        if value.startswith(start) and value.removeprefix(start) in words:
            return True
    head, slash, rest = value.partition("/api/v1/")
    return bool(slash) and not head and f"/{rest}" in words


def made_up() -> frozenset[str]:
    """What other tests of this process have left in the metrics: they make up kinds of jobs."""
    return frozenset(strangers(generate_latest().decode()))


def strangers(text: str, but: frozenset[str] = frozenset()) -> list[str]:
    """Label values of our own metrics that are no words of ours, or look like somebody's."""
    found = []
    for family in text_string_to_metric_families(text):
        if not family.name.startswith("understudy_"):
            continue
        for sample in family.samples:
            for label, value in sample.labels.items():
                if label in OF_THE_MACHINE:
                    continue
                if not is_ours(value) or PERSONAL.search(value):
                    found.append(f"{sample.name} {label}={value}")
    return sorted(set(found) - but)
