"""What a run is told as."""

import json

from tests.faults.run import Result


def shown(result: Result) -> str:
    """The figures, for people."""
    lines = [f"seed {result.seed}, {result.seconds:g} s of faults, logs in {result.folder}"]
    for title, counts in (
        ("inputs", result.inputs),
        ("faults", result.faults),
        ("restarts", result.restarts),
        ("promises broken", result.promises),
    ):
        lines.append(f"{title}: {sum(counts.values())}")
        lines += [f"  {count:6} {name}" for name, count in counts.items()]
    lines += [
        f"recoveries: {result.recoveries}",
        f"connections with nobody to take them: {result.turned_away}",
        f"mails that left: {result.left}",
        f"mail to card, seconds: {result.mail_to_card}",
        f"approved to left, seconds: {result.approve_to_sent}",
        f"start {result.start_seconds} s, to rest {result.settle_seconds} s",
        f"times the clock was put on meanwhile: {result.lapses}",
    ]
    return "\n".join(lines)


def broken(result: Result) -> str:
    """Each promise that was broken, with its lines of the ledger, and how to see it again."""
    lines = []
    for fault in result.broken:
        lines.append(f"BROKEN {fault['promise']}: {fault['what']}")
        lines += [f"    {json.dumps(one, ensure_ascii=False)[:300]}" for one in fault["ledger"]]
    again = f"python -m tests.faults --seconds {result.seconds:g} --seed {result.seed}"
    lines += [f"Again: {again}", f"Ledger: {result.folder}/ledger.jsonl"]
    return "\n".join(lines)
