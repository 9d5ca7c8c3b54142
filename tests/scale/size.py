"""How much a workspace holds, and what stands beside what in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A workspace of `members` with 50 accounts each and `actions` over two years, the newest tenth
    of which still has its mail, draft, text, card and judgement beside it; one account has a
    `history` of mails. `neighbours` are other workspaces in the same tables, each a twentieth."""

    name: str
    members: int
    actions: int
    history: int
    neighbours: int = 2
    accounts_each: int = 50
    part: int = 10
    """One in so many actions is recent; `actions` is a multiple of it."""

    @property
    def recent(self) -> int:
        """Actions with everything beside them, each in a conversation of its own."""
        return self.actions // self.part

    @property
    def accounts(self) -> int:
        return self.members * self.accounts_each

    @property
    def waiting(self) -> int:
        """Of these, what nobody has decided yet: five a member, if there are so many."""
        return min(self.members * 5, self.recent // 2)

    @property
    def neighbour(self) -> "Size":
        return Size(
            name="neighbour",
            members=max(self.members // 20, 2),
            actions=max(self.actions // 20 // self.part, 4) * self.part,
            history=max(self.history // 20, 10),
            neighbours=0,
            accounts_each=self.accounts_each,
            part=self.part,
        )

    def hundredth(self) -> "Size":
        """As many people to a manager, accounts and actions to a person; a hundredth of all."""
        return Size(
            name="a hundredth",
            members=max(self.members // 100, 10),
            actions=max(self.actions // 100, 1_000),
            history=max(self.history // 100, 100),
            neighbours=self.neighbours,
            accounts_each=self.accounts_each,
            part=self.part,
        )


LARGE = Size(name="large", members=1_000, actions=10_000_000, history=100_000)
SMALL = Size(name="small", members=100, actions=100_000, history=1_000)
"""A hundredth of the actions, for trying out: minutes become seconds."""
SLICE = Size(
    name="slice",
    members=100,
    actions=3_600,
    history=200,
    neighbours=1,
    accounts_each=10,
    part=3,
)
"""Filled in a second; its tables then count as STRETCH times as large (fill.stretch)."""
STRETCH = 30
