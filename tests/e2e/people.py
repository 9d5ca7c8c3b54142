"""A person at the workspace: reads cards, presses buttons, fills in modals, uses the command."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.e2e.rig import Json, Rig


def words(value: Any) -> str:
    """All text of a message or a view, as a person reads it."""
    if isinstance(value, dict):
        return "\n".join(words(v) for k, v in value.items() if k not in _HIDDEN)
    if isinstance(value, list):
        return "\n".join(words(v) for v in value)
    return value if isinstance(value, str) else ""


_HIDDEN = {"type", "action_id", "block_id", "value", "metadata", "style", "ts", "app_id", "id"}


def elements(value: Any) -> list[Json]:
    """Everything that can be pressed or chosen in a message or a view."""
    if isinstance(value, list):
        return [found for entry in value for found in elements(entry)]
    if not isinstance(value, dict):
        return []
    mine = [value] if "action_id" in value else []
    return mine + [found for entry in value.values() for found in elements(entry)]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One member, with their direct message with the app."""

    rig: Rig
    id: str
    email: str
    dm: str
    asked: set[str] = field(default_factory=set, compare=False)
    """Roll-ups of which more was asked for."""

    # ── reading ─────────────────────────────────────────────────────────────────────────────────
    def messages(self, channel: str = "") -> list[Json]:
        place = channel or self.dm
        return self.rig.get("/ui/slack/messages", user=self.id, channel=place)["messages"]

    def cards(self, *parts: str) -> list[Json]:
        """Lasting messages of the app that say all of this, oldest first."""
        found = [m for m in self.messages() if m.get("bot_id") and not m["ephemeral"]]
        return [m for m in found if all(part in words(m) for part in parts)]

    def card(self, *parts: str, seconds: float = 20) -> Json:
        """The newest such card, as soon as there is one. Tests write faster than people: what came
        on top of a burst is opened from the roll-up, as its reader would."""
        try:
            return self.rig.until(
                lambda: (self.cards(*parts) or [None])[-1] or self.open_burst(),
                seconds,
                f"a card with {parts}",
            )
        except AssertionError as error:
            seen = "\n---\n".join(words(m)[:600] for m in self.messages()[-5:])
            raise AssertionError(f"{error}\n{self.email} sees:\n{seen}") from None

    def open_burst(self) -> None:
        """Ask for the next few of a roll-up, once for each state it shows."""
        found = [m for m in self.cards() if self.has(m, "rollup.next")]
        if found and (shown := found[-1]["ts"] + words(found[-1])) not in self.asked:
            self.asked.add(shown)
            self.press(found[-1], "rollup.next")

    def ready_card(self, *parts: str, seconds: float = 20) -> Json:
        """The card, once it can be approved and Gmail has the draft too."""
        card = self.card(*parts, "also in your Gmail drafts", seconds=seconds)
        assert self.has(card, "draft.approve"), words(card)
        return card

    def whispers(self) -> list[Json]:
        """What only this person sees, oldest first."""
        return [m for m in self.messages() if m["ephemeral"]]

    def whisper(self, *parts: str, seconds: float = 10) -> Json:
        return self.rig.until(
            lambda: next(
                (m for m in reversed(self.whispers()) if all(p in words(m) for p in parts)), None
            ),
            seconds,
            f"an ephemeral answer with {parts}",
        )

    def modals(self) -> list[Json]:
        return self.rig.get("/ui/slack/modals", user=self.id)["views"]

    def home(self) -> Json | None:
        return self.rig.get("/ui/slack/home", user=self.id)["view"]

    @staticmethod
    def has(card: Json, action_id: str) -> bool:
        return any(e["action_id"] == action_id for e in elements(card["blocks"]))

    # ── doing ───────────────────────────────────────────────────────────────────────────────────
    def press(self, card: Json, action_id: str, **more: Any) -> Json:
        """Press a button of a message; the app's answer."""
        body = {"user": self.id, "channel": self.dm, "message_ts": card["ts"]}
        return self.rig.post("/ui/slack/action", body | {"action_id": action_id} | more)

    def opened(self, card: Json, action_id: str) -> Json:
        """Press a button that opens a modal; the modal."""
        answer = self.press(card, action_id)
        assert answer["status"] == 200, answer
        return self.rig.until(lambda: (self.modals() or [None])[-1], 5, f"a modal of {action_id}")

    def submit(self, view: Json, **fields: str) -> Json:
        """Fill in a modal's fields by their names, and send it off."""
        values: Json = {}
        for name, value in fields.items():
            kind = next(e["type"] for e in elements(view["blocks"]) if e["action_id"] == name)
            given = {"value": value}
            if kind == "radio_buttons":
                given = {"selected_option": {"value": value}, "value": value}
            values[name] = {name: given}
        body = {"user": self.id, "view_id": view["id"], "values": values}
        return self.rig.post("/ui/slack/submit", body)

    def press_value(self, card: Json, action_id: str, value: Json) -> int:
        """Press what an old screen still shows: the click Slack would send from it."""
        self.close(self.opened(self.messages_by_ts(card["ts"]), "draft.why"))
        return self.replay(self.last_click(), action_id, value)

    def replay(self, click: Json, action_id: str, value: Json) -> int:
        """The same click on another button of the message as it was."""
        element = {"type": "button", "action_id": action_id, "block_id": "old", "action_ts": "1"}
        action = element | {"value": json.dumps(value)}
        body = click | {"trigger_id": f"old.{secrets.token_hex(8)}", "actions": [action]}
        return self.rig.events(body, kind="interaction")[0]

    def messages_by_ts(self, ts: str) -> Json:
        return next(m for m in self.messages() if m["ts"] == ts)

    def close(self, view: Json) -> None:
        self.rig.post("/ui/slack/close", {"user": self.id, "view_id": view["id"]})

    def last_click(self) -> Json:
        """The payload Slack sent for what this person pressed last."""
        lines = self.rig.get("/control/slack/deliveries", kind="interaction")["deliveries"]
        payloads = (json.loads(parse_qs(line["body"])["payload"][0]) for line in reversed(lines))
        return next(p for p in payloads if p["user"]["id"] == self.id and "response_url" in p)

    def use(self, text: str) -> Json:
        """The slash command; the app's answer."""
        body = {"user": self.id, "channel": self.dm, "text": text}
        answer = self.rig.post("/ui/slack/command", body)
        assert answer["status"] == 200, answer
        return answer

    def react(self, card: Json, name: str, *, remove: bool = False) -> None:
        body = {"user": self.id, "channel": self.dm, "ts": card["ts"], "name": name}
        assert self.rig.post("/ui/slack/reaction", body | {"remove": remove})["ok"]

    def open_home(self) -> None:
        self.rig.post("/ui/slack/home_opened", {"user": self.id})


def person(rig: Rig, user: str, email: str) -> Person:
    state = rig.get("/ui/slack/state", user=user)
    bot = state["bot"]["user_id"]
    dm = next(c["id"] for c in state["channels"] if c["is_im"] and c["user"] == bot)
    return Person(rig=rig, id=user, email=email, dm=dm)


def value_of(card: Json, action_id: str) -> Json:
    """What a button carries."""
    found = next(e for e in elements(card["blocks"]) if e["action_id"] == action_id)
    return json.loads(found["value"])
