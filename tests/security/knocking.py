"""Payloads as Slack sends them, for every part that is registered, from what people were shown
where there is something, and from forged values where there isn't."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from blocks.action_ids import FieldId
from handlers import all_routes, commands, events
from handlers.edge import Routes
from tests.security.forging import forge, shapes
from tests.security.shown import Json, Shown, filled
from tests.security.world import World

KINDS = ("button", "modal", "options", "shortcut", "command", "event")
FIRST_LOOKS = (*commands.NAMES, "members", "approvals all", "autonomy actions", "persona list")
SHAPES = shapes()
EVENT = {"user": "U0RITA", "channel": "DU0RITA", "channel_type": "im", "ts": "1700000000.000100"}


@dataclass
class Knocks:
    """Makes payloads in anybody's name. `shown` is what was on the screens."""

    world: World
    routes: Routes = field(default_factory=all_routes)
    shown: Shown = field(default_factory=Shown)
    seen: int = 0

    def names(self) -> dict[str, list[str]]:
        """Everything that is registered, by kind."""
        return {
            "button": sorted(str(one) for one in {*self.routes.clicks, *self.routes.menus}),
            "modal": sorted(map(str, self.routes.views)),
            "options": sorted(map(str, self.routes.options)),
            "shortcut": sorted(map(str, self.routes.shortcuts)),
            "command": list(commands.NAMES),
            "event": [*events.TABLE, *events.SYSTEM],
        }

    # ── looking round ───────────────────────────────────────────────────────────────────────────
    async def look_round(self, people: Sequence[str], rounds: int = 2) -> None:
        """Each of them opens Home, tries the commands, and presses what is new on the screens."""
        for name in people:
            await self.world.event(self.event("app_home_opened", name, tab="home"))
            for words in FIRST_LOOKS:
                answer = await self.world.command(name, words)
                self.shown.take(answer.body)
            await self.world.settle()
            self.collect()
        for _ in range(rounds):
            pressed = [one for many in self.shown.buttons.values() for one in many[:1]]
            for element in pressed:
                for name in people:
                    await self.world.interact(self.click(name, element))
            await self.world.settle()
            self.collect()

    def collect(self) -> None:
        """Whatever stands on anybody's screen by now."""
        chat = self.world.product.chat
        for message in chat.messages.values():
            self.shown.take({"blocks": message.blocks})
        screens = [*chat.homes.values(), *(view for _, view, _ in chat.modals)]
        for screen in [*screens, *(view for _, view in chat.updated), *(b for _, b in chat.told)]:
            self.shown.take(screen)

    # ── payloads ────────────────────────────────────────────────────────────────────────────────
    def _base(self, name: str, kind: str) -> Json:
        world = self.world
        return {
            "type": kind,
            "user": {"id": world.slack_id(name), "team_id": world.team(name)},
            "team": {"id": world.team(name), "domain": "x"},
            "api_app_id": "A0APP",
            "trigger_id": world.trigger(name),
        }

    def click(self, name: str, element: Json, view: Json | None = None) -> Json:
        user = self.world.slack_id(name)
        made = self._base(name, "block_actions") | {"actions": [element | {"action_ts": "1.5"}]}
        if view is not None:
            return made | {"view": view}
        return made | {
            "response_url": f"https://hooks.example/{user}",
            "container": {"type": "message", "message_ts": "1700000000.000001"},
            "channel": {"id": f"D{user}", "name": "directmessage"},
            "message": {"ts": "1700000000.000001", "text": "a card", "blocks": []},
        }

    def submit(self, name: str, view: Json, values: Json) -> Json:
        shown = {
            "id": f"V{self.world.trigger(name)}",
            "type": "modal",
            "callback_id": view["callback_id"],
            "private_metadata": view.get("private_metadata", ""),
            "state": {"values": values},
        }
        return self._base(name, "view_submission") | {"view": shown}

    def event(self, kind: str, name: str, **fields: Any) -> Json:
        self.seen += 1
        about = EVENT | {"user": self.world.slack_id(name)}
        return {
            "type": "event_callback",
            "team_id": self.world.team(name),
            "api_app_id": "A0APP",
            "event_id": f"Ev{self.seen}",
            "event_time": 1_700_000_000,
            "event": {"type": kind, **about, **fields},
        }

    # ── any of them ─────────────────────────────────────────────────────────────────────────────
    def ids(self, rng: random.Random, *, foreign: bool = False) -> list[UUID]:
        """The ids of one table, as they may stand in one value."""
        tables = self.world.foreign if foreign else self.world.ids
        return tables[rng.choice(sorted(tables))]

    def value(self, rng: random.Random, *, foreign: bool = False, rev: int = 1) -> str:
        return forge(rng.choice(SHAPES), self.ids(rng, foreign=foreign), rng, rev=rev)

    def knock(
        self, kind: str, part: str, name: str, rng: random.Random, *, foreign: bool = False
    ) -> Json:
        """A payload for the part in that person's name: mostly as it was shown to somebody, else
        with a forged value. `foreign`: ids of the other workspace."""
        makers: dict[str, Callable[[], Json]] = {
            "button": lambda: self._any_click(part, name, rng, foreign=foreign),
            "modal": lambda: self._any_submission(part, name, rng, foreign=foreign),
            "options": lambda: (
                self._base(name, "block_suggestion")
                | {"action_id": part, "block_id": "b", "value": rng.choice(["", "Ac", "%", "_"])}
            ),
            "shortcut": lambda: self._any_shortcut(part, name),
            "command": lambda: {"text": f"{part} {rng.choice(_WORDS)}".strip()},
            "event": lambda: self._any_event(part, name, rng),
        }
        return makers[kind]()

    def _any_click(self, part: str, name: str, rng: random.Random, *, foreign: bool) -> Json:
        shown = self.shown.buttons.get(part)
        if shown and not foreign and rng.random() < 0.6:
            element = dict(rng.choice(shown))
        else:
            value = self.value(rng, foreign=foreign, rev=rng.choice((0, 1, 1, 2)))
            element = {"type": "button", "action_id": part, "value": value}
            element["block_id"] = str(rng.choice(self.ids(rng, foreign=foreign)))
        view = None
        if rng.random() < 0.3:
            view = {"id": "V1", "type": rng.choice(("modal", "home")), "callback_id": "x"}
            view["private_metadata"] = self.value(rng, foreign=foreign)
        return self.click(name, element, view)

    def _any_submission(self, part: str, name: str, rng: random.Random, *, foreign: bool) -> Json:
        shown = self.shown.modals.get(part)
        if shown and rng.random() < 0.6:
            view = dict(rng.choice(shown))
            values = filled(view)
        else:
            view, values = {"callback_id": part}, {}
            for block in rng.sample(list(FieldId), 8):
                words = rng.choice((*_WORDS, str(rng.choice(self.ids(rng, foreign=foreign)))))
                values[str(block)] = {str(block): {"type": "plain_text_input", "value": words}}
        if foreign or "private_metadata" not in view or rng.random() < 0.3:
            view["private_metadata"] = self.value(rng, foreign=foreign)
        return self.submit(name, view, values)

    def _any_shortcut(self, part: str, name: str) -> Json:
        message = {"ts": "1700000000.000001", "text": "We are leaving.", "user": "U0RITA"}
        made = self._base(name, "message_action") | {"callback_id": part, "message": message}
        return made | {"channel": {"id": f"D{self.world.slack_id(name)}"}}

    def _any_event(self, kind: str, name: str, rng: random.Random) -> Json:
        more: dict[str, Json] = {
            "app_home_opened": {"tab": rng.choice(("home", "messages"))},
            "message": {"text": rng.choice(("status", "what is new?", "Acme rita 0?"))},
            "reaction_added": {"reaction": "+1", "item": {"channel": "DU0RITA", "ts": "1.1"}},
            "reaction_removed": {"reaction": "-1", "item": {"channel": "DU0RITA", "ts": "1.1"}},
            "app_mention": {"text": "<@U0BOT> follow for Acme", "channel": "C1"},
            "app_context_changed": {"context": {"entities": []}},
            "tokens_revoked": {"tokens": {"oauth": ["U1"]}},
            "user_change": {"user": {"id": "U0NOBODY", "deleted": True}},
        }
        return self.event(kind, name, **more.get(kind, {}))

    async def send(self, kind: str, name: str, payload: Json) -> Any:
        """To the door, the way its kind comes."""
        if kind == "event":
            return await self.world.event(payload)
        if kind == "command":
            fields = {key: str(value) for key, value in payload.items()}
            return await self.world.command(name, fields.pop("text", ""), **fields)
        return await self.world.interact(payload)

    def every(self) -> Iterator[tuple[str, str]]:
        """Each registered part once, with its kind."""
        return ((kind, part) for kind, parts in self.names().items() for part in parts)


_WORDS = ("", "Acme rita 0", "12", "2h", "rita@t0ours.test", "-5", "10 %", "2026-12-24", "x" * 300)
