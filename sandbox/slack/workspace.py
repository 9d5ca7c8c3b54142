"""The workspace's state and the questions everyone asks of it."""

import itertools
from collections.abc import Iterable
from datetime import datetime

from sandbox.clock import Clock
from sandbox.slack.model import (
    ApiError,
    Bot,
    Channel,
    ChannelKind,
    Group,
    Json,
    Message,
    SharedFile,
    Team,
    User,
)

SLACKBOT = "USLACKBOT"


class Workspace:
    """Team, people, channels and messages. Everything is gone when the process ends."""

    def __init__(
        self, *, team: Team, bot: Bot, command: str, clock: Clock, first_serial: int = 1
    ) -> None:
        self.team = team
        self.bot = bot
        self.command = command
        self.shortcuts: list[Json] = []
        self.tries: list[Json] = []
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, SharedFile] = {}
        self._clock = clock
        self._serial = itertools.count(first_serial)
        self._last_ts = 0
        self.add_user(User(id=bot.user_id, name=bot.name, real_name=bot.name.title(), is_bot=True))

    def new_id(self, prefix: str) -> str:
        """An id of Slack's form, unique in this workspace."""
        return f"{prefix}0SB{next(self._serial):07d}"

    def new_ts(self) -> str:
        """A message timestamp: microseconds, strictly increasing."""
        self._last_ts = max(self._last_ts + 1, int(self._clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def moment(self) -> datetime:
        """Now, for zones whose offset depends on the season."""
        return self._clock.moment()

    def add_user(self, user: User) -> None:
        """Let a person in, and open their conversation with the app."""
        self.users[user.id] = user
        if user.id != self.bot.user_id:
            self.dm(user.id, self.bot.user_id)

    def add_channel(
        self, *, name: str, members: Iterable[str], kind: ChannelKind = "channel", id_: str = ""
    ) -> Channel:
        """Create a conversation."""
        prefix = {"im": "D", "channel": "C"}.get(kind, "G")
        channel = Channel(
            id=id_ or self.new_id(prefix),
            name=name,
            kind=kind,
            members=list(dict.fromkeys(members)),
            created=int(self._clock.now()),
        )
        self.channels[channel.id] = channel
        return channel

    def dm(self, first: str, second: str) -> Channel:
        """The direct conversation of two, opened if need be."""
        for channel in self.channels.values():
            if channel.is_im and set(channel.members) == {first, second}:
                return channel
        return self.add_channel(name="", members=(first, second), kind="im")

    def user(self, user_id: str, code: str = "user_not_found") -> User:
        """A person, or Slack's refusal."""
        found = self.users.get(user_id)
        if found is None:
            raise ApiError(code)
        return found

    def channel(self, name: str) -> Channel:
        """A conversation the app can see, by id or by #name."""
        found = self.channels.get(name)
        if found is None:
            bare = name.removeprefix("#")
            found = next((c for c in self.channels.values() if c.name and c.name == bare), None)
        hidden = found is not None and found.kind != "channel" and not self.bot_in(found)
        if found is None or hidden:
            raise ApiError("channel_not_found")
        return found

    def bot_in(self, channel: Channel) -> bool:
        """Whether the app is a member."""
        return self.bot.user_id in channel.members

    def message(self, channel: Channel, ts: str, *, ephemeral: bool = False) -> Message:
        """One message of a conversation; ephemeral ones are out of the API's reach."""
        for message in reversed(channel.messages):
            if message.ts == ts and (ephemeral or message.ephemeral_for is None):
                return message
        raise ApiError("message_not_found")

    def replies(self, channel: Channel, ts: str) -> list[Message]:
        """The replies under one message, oldest first."""
        return [
            m
            for m in channel.messages
            if m.thread_ts == ts and m.ts != ts and m.ephemeral_for is None
        ]
