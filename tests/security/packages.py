"""The packages this is made of: pinned by hash, from nowhere in particular, under licences that let
it be used, each for something, and without known holes where a service says so."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.security.rows import Row, Tally, Trial, not_checked

TITLE = "Packages"
ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|--trusted-host| @ |git\+|file:")
KNOWN = "known vulnerabilities (pip-audit)"
PRE_RELEASES = frozenset(
    {
        "opentelemetry-exporter-http-transport",
        "opentelemetry-exporter-otlp-common",
        "opentelemetry-semantic-conventions",
    }
)
"""Those we mean to use: parts of the extra for traces that have never been anything else."""
ALLOWED = re.compile(
    r"MIT|BSD|APACHE|ISC|PSF|PYTHON SOFTWARE|MPL|MOZILLA|UNLICENSE|0BSD|ZLIB|HISTORICAL|HPND|CC0|"
    r"LGPL|LESSER GENERAL|PUBLIC DOMAIN|BLUEOAK|POSTGRESQL|CNRI",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"AGPL|AFFERO|(?<!L)(?<!LESSER )GPL|SSPL|BUSL|COMMONS CLAUSE", re.IGNORECASE)
IMPORTED_AS = {
    "google-api-python-client": "googleapiclient",
    "google-auth": "google.auth",
    "mjml-python": "mjml",
    "python-dateutil": "dateutil",
    "pyyaml": "yaml",
}
NOT_IMPORTED = {
    "tzdata": "the zones themselves, read by zoneinfo",
    "opentelemetry-api": "what traces are written with, where somebody wants them",
}


def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    for lock in LOCKS:
        _pinned(tally, lock, (ROOT / lock).read_text("utf-8"))
    _licences(tally)
    _used(tally)
    return [*tally.rows(), _audited(trial)]


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Each package of a lock, and all that stands with it."""
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
        found = PINNED.match(entry)
        yield (canonicalize_name(found[1]), entry) if found else ("", entry)


def _pinned(tally: Tally, lock: str, text: str) -> None:
    for name, entry in _entries(text):
        first = entry.splitlines()[0]
        tally.add(
            "every package is pinned to one version", held=bool(name), fault=f"{lock}: {first}"
        )
        tally.add("every package is held to its hashes", held="--hash=sha256:" in entry,
                  fault=f"{lock}: {first}")  # fmt: skip
        tally.add("no address is written down", held=not ADDRESS.search(entry), fault=first)
        pinned = PINNED.match(entry)
        early = bool(pinned) and Version(pinned[2]).is_prerelease if pinned else False
        tally.add("no pre-release but those named", held=not early or name in PRE_RELEASES,
                  fault=first)  # fmt: skip
    extra = [line for line in text.splitlines() if line.startswith("-")]
    tally.add("no option changes where packages come from", held=not extra, fault=str(extra[:2]))


def _runtime() -> list[str]:
    return sorted({name for name, _ in _entries((ROOT / LOCKS[0]).read_text("utf-8")) if name})


def _licences(tally: Tally) -> None:
    case = "licences of what runs let it be used"
    for name in _runtime():
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python than this one
        said = _licence(about)
        held = bool(ALLOWED.search(said)) and not FORBIDDEN.search(said)
        tally.add(case, held=held, fault=f"{name}: {said[:60] or 'none named'}")


def _licence(about: metadata.PackageMetadata) -> str:
    """The expression, else the classifiers, else the first line of the free text."""
    classes = [one for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    text = (about.get("License") or "").strip()
    return (about.get("License-Expression") or "; ".join(classes) or text[:200]).strip()


def _used(tally: Tally) -> None:
    """Each package we ask for ourselves is imported somewhere in the product."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    folders = ("bot", "handlers", "blocks", "services", "db", "migrations", "sandbox")
    code = "\n".join(
        file.read_text("utf-8") for folder in folders for file in (ROOT / folder).rglob("*.py")
    )
    for wish in project["dependencies"]:
        name = canonicalize_name(Requirement(wish).name)
        module = IMPORTED_AS.get(name, name.replace("-", "_")).replace(".", r"\.")
        found = re.search(rf"(import|from) {module}\b|import_module[(,] ?\"{module}\b", code)
        tally.add(
            "no package is there for nothing", held=bool(found) or name in NOT_IMPORTED, fault=name
        )


def _audited(trial: Trial) -> Row:
    """Asks whoever knows about holes; where nobody answers nothing is claimed."""
    if trial.quick:
        return not_checked(TITLE, KNOWN, "it asks a service; the full run does")
    words = ("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off",
             "--timeout", "10", "-r", str(ROOT / LOCKS[0]))  # fmt: skip
    for service in ("pypi", "osv"):
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", "pip_audit", *words, "-s", service],
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            found = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError, subprocess.TimeoutExpired):
            continue
        asked = [one for one in found if "skip_reason" not in one]
        if not asked:
            continue
        holes = {one["name"]: [v["id"] for v in one["vulns"]] for one in asked if one["vulns"]}
        note = "; ".join(f"{name}: {', '.join(ids)}" for name, ids in holes.items())
        return Row(section=TITLE, case=f"{KNOWN}, by {service}", tried=len(asked),
                   held=len(asked) - len(holes), note=note)  # fmt: skip
    return not_checked(TITLE, KNOWN, "no service answered")
