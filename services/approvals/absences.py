"""Out of office: who decides for somebody while they are away, and that it comes back afterwards.

An absence is whole days in the member's own zone. When it begins, the seats they have not decided
on go to their delegate, or to somebody else where the delegate may not speak on that request; when
it ends, what the delegate has not decided comes back. Both are timers, stamped with their moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from db import absences as rows
from db import approval_timing, commands, members, timers
from db.models.approvals import Absence, ApprovalSeat
from db.models.tenants import Member
from db.session import Database, Tx
from services.approvals.deps import Deps
from services.approvals.handover import (
    Case,
    Roster,
    find_another,
    fit_delegate,
    hand_over,
    load_roster,
    lock_case,
    show,
)
from services.errors import Conflict, Forbidden, InvalidInput
from services.types.people import Actor
from services.zones import day_begins, zone_of

BEGINS = "absence"
ENDS = "absence.end"
"""The kinds of the two timers."""

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=731)
ONE_DAY = timedelta(days=1)
AWAY = "out of office"
BACK = "back"
NOT_HERE = "Your Understudy membership has ended. An admin of your workspace can renew it."


def days_in_words(starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    """`from 23 November 2026 to 27 November 2026`, as the member counts days."""
    zone = zone_of(timezone)
    first = starts_at.astimezone(zone).date()
    last = (ends_at.astimezone(zone) - timedelta(microseconds=1)).date()
    if first == last:
        return f"on {_day(first)}"
    return f"from {_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceService:
    """Implements AbsenceVerbs; `begins` and `ends` are the handlers of the two timers."""

    db: Database
    deps: Deps

    async def set_absence(
        self,
        actor: Actor,
        *,
        first: date,
        last: date,
        delegate_id: UUID | None,
        command_id: str,
    ) -> str:
        """Whole days in the actor's own zone. An absence that overlaps it is replaced."""
        now = self.deps.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            if (told := await self._told_before(tx, "absence.set", command_id)) is not None:
                return told
            member = await self._planner(tx, actor)
            absence = self._absence(member, first, last, delegate_id, now)
            delegate = await self._delegate(tx, absence) if delegate_id else None
            cases, roster = await _concerned(tx, member.id), await load_roster(tx, now)
            for old in await rows.list_absences_of(
                tx, member.id, after=absence.starts_at, before=absence.ends_at
            ):
                await self._cancel(tx, actor, old, roster, cases)
            await rows.add_absence(tx, absence)
            await self.deps.audit.append(
                tx,
                "absence.set",
                actor=actor,
                subject_id=member.id,
                facts={
                    "from": absence.starts_at.isoformat(),
                    "to": absence.ends_at.isoformat(),
                    "delegate": str(delegate_id) if delegate_id else None,
                },
            )
            handed = 0
            if absence.starts_at <= now:
                roster = await load_roster(tx, now)
                handed = await self._begin(tx, absence, roster, cases)
            else:
                await timers.set_timer(tx, BEGINS, absence.id, absence.starts_at)
            sentence = _set_words(absence, member, delegate, handed)
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await show(tx, self.deps, cases, roster)
            return sentence

    async def cancel_absence(self, actor: Actor, *, command_id: str) -> str:
        """End the present absence, or call the next one off."""
        now = self.deps.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            if (told := await self._told_before(tx, "absence.cancel", command_id)) is not None:
                return told
            member = await self._planner(tx, actor)
            absence = next(iter(await rows.list_absences_of(tx, member.id, after=now)), None)
            if absence is None:
                raise Conflict("You have no time out of office to call off.")
            cases, roster = await _concerned(tx, member.id), await load_roster(tx, now)
            await self._cancel(tx, actor, absence, roster, cases)
            days = days_in_words(absence.starts_at, absence.ends_at, member.timezone)
            sentence = f"Your time out of office {days} is called off."
            if absence.starts_at <= now:
                sentence = "You are back: what waits for you is yours to decide again."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await show(tx, self.deps, cases, roster)
            return sentence

    # ── timers ──────────────────────────────────────────────────────────────────────────────────
    async def begins(self, tx: Tx, absence_id: UUID) -> None:
        absence = await self._valid(tx, absence_id)
        if absence is not None:
            cases = await _concerned(tx, absence.member_id)
            roster = await load_roster(tx, absence.starts_at)
            await self._begin(tx, absence, roster, cases)
            await show(tx, self.deps, cases, roster)

    async def ends(self, tx: Tx, absence_id: UUID) -> None:
        absence = await self._valid(tx, absence_id)
        if absence is not None:
            cases = await _concerned(tx, absence.member_id)
            roster = await load_roster(tx, absence.ends_at)
            await self._end(tx, absence, roster, cases)
            await show(tx, self.deps, cases, roster)

    @staticmethod
    async def _valid(tx: Tx, absence_id: UUID) -> Absence | None:
        """The absence, unless it was called off; it can't be until the transaction ends."""
        absence = await rows.get_absence(tx, absence_id)
        if absence is None:
            return None
        await rows.lock_planner(tx, absence.member_id)
        absence = await rows.get_absence(tx, absence_id)
        return absence if absence is not None and absence.cancelled_at is None else None

    # ── what is checked ─────────────────────────────────────────────────────────────────────────
    async def _told_before(self, tx: Tx, verb: str, command_id: str) -> str | None:
        done = await commands.claim_command(
            tx,
            result_id=self.deps.ids.new(),
            command_id=command_id,
            verb=verb,
            now=self.deps.clock.now(),
        )
        return None if done is None else str(done.get("sentence", ""))

    @staticmethod
    async def _planner(tx: Tx, actor: Actor) -> Member:
        member = await rows.lock_planner(tx, actor.member_id)
        if member is None or not member.active:
            raise Forbidden(NOT_HERE)
        return member

    def _absence(
        self, member: Member, first: date, last: date, delegate_id: UUID | None, now: datetime
    ) -> Absence:
        today = now.astimezone(zone_of(member.timezone)).date()
        if first < today:
            raise InvalidInput(
                "The first day is over already. Begin today or later.", field="first"
            )
        if last < first:
            raise InvalidInput("The last day comes before the first one.", field="last")
        if last - first >= LONGEST:
            raise InvalidInput("That is longer than a year.", field="last")
        if last - today >= FARTHEST:
            raise InvalidInput("That is more than two years ahead.", field="first")
        if delegate_id == member.id:
            raise InvalidInput("Choose somebody else to decide for you.", field="delegate")
        return Absence(
            tenant_id=member.tenant_id,
            id=self.deps.ids.new(),
            created_at=now,
            member_id=member.id,
            delegate_id=delegate_id,
            starts_at=day_begins(first, member.timezone),
            ends_at=day_begins(last + ONE_DAY, member.timezone),
        )

    @staticmethod
    async def _delegate(tx: Tx, absence: Absence) -> Member:
        """The one who is to decide meanwhile: active, and there all the time."""
        delegate = await members.get_member(tx, absence.delegate_id or UUID(int=0))
        if delegate is None or not delegate.active:
            raise InvalidInput("This member isn't active any more.", field="delegate")
        away = await rows.list_absences_of(
            tx, delegate.id, after=absence.starts_at, before=absence.ends_at
        )
        if away:
            days = days_in_words(away[0].starts_at, away[0].ends_at, delegate.timezone)
            raise InvalidInput(
                f"{delegate.name} is out of office {days}. Choose somebody who is there.",
                field="delegate",
            )
        return delegate

    # ── what happens to the seats ───────────────────────────────────────────────────────────────
    async def _cancel(
        self, tx: Tx, actor: Actor, absence: Absence, roster: Roster, cases: Sequence[Case]
    ) -> None:
        # Its timer stays: when it fires, it finds the absence called off.
        absence.cancelled_at = roster.at
        await tx.session.flush()
        await self.deps.audit.append(
            tx,
            "absence.cancelled",
            actor=actor,
            subject_id=absence.member_id,
            facts={"from": absence.starts_at.isoformat(), "to": absence.ends_at.isoformat()},
        )
        roster.absences = [
            one
            for one in roster.absences
            if (one.member_id, one.starts_at) != (absence.member_id, absence.starts_at)
        ]
        if absence.starts_at <= roster.at:
            await self._end(tx, absence, roster, cases)

    async def _begin(self, tx: Tx, absence: Absence, roster: Roster, cases: Sequence[Case]) -> int:
        """Hand over what the member has not decided on; how many seats that were."""
        await timers.set_timer(tx, ENDS, absence.id, absence.ends_at)
        member_id, handed = absence.member_id, 0
        for case in cases:
            for seat in case.open_seats:
                if seat.holder_id == member_id and seat.delegate_id is None:
                    handed += await self._leave(tx, absence, case, seat, roster)
                elif seat.delegate_id == member_id:
                    handed += await self._stand_down(tx, case, seat, roster)
        return handed

    async def _leave(
        self, tx: Tx, absence: Absence, case: Case, seat: ApprovalSeat, roster: Roster
    ) -> bool:
        """The holder goes: to their delegate, else to somebody else."""
        away = f"{roster.name(seat.holder_id)} is out of office"
        delegate_id = fit_delegate(case, seat, absence.delegate_id, roster)
        if delegate_id is None:
            return await find_another(tx, self.deps, case, seat, roster=roster, why=away)
        await hand_over(
            tx,
            self.deps,
            case,
            seat,
            roster=roster,
            verb="approval.delegated",
            why=f"{away}, so {roster.name(delegate_id)} decides.",
            holder_id=seat.holder_id,
            delegate_id=delegate_id,
            more={"kind": AWAY, "absence": str(absence.id)},
        )
        return True

    async def _stand_down(self, tx: Tx, case: Case, seat: ApprovalSeat, roster: Roster) -> bool:
        """A delegate goes: back to the holder if they are there, else to somebody else."""
        away = f"{roster.name(seat.delegate_id)} is out of office"
        if not roster.present(seat.holder_id):
            return await find_another(tx, self.deps, case, seat, roster=roster, why=away)
        await hand_over(
            tx,
            self.deps,
            case,
            seat,
            roster=roster,
            verb="approval.delegated",
            why=f"{away}, so it is {roster.name(seat.holder_id)}'s again.",
            holder_id=seat.holder_id,
            more={"kind": AWAY},
        )
        return True

    async def _end(self, tx: Tx, absence: Absence, roster: Roster, cases: Sequence[Case]) -> None:
        """Give back what was handed over for this absence and is still undecided."""
        for case in cases:
            for seat in case.open_seats:
                if seat.holder_id is None:
                    # Somebody is back: perhaps they may hold what nobody could.
                    why = "Nobody could decide"
                    await find_another(tx, self.deps, case, seat, roster=roster, why=why)
                    continue
                if seat.holder_id != absence.member_id or not _lent(seat, absence.id):
                    continue
                await hand_over(
                    tx,
                    self.deps,
                    case,
                    seat,
                    roster=roster,
                    verb="approval.delegated",
                    why=f"{roster.name(absence.member_id)} is back.",
                    holder_id=absence.member_id,
                    more={"kind": BACK, "absence": str(absence.id)},
                )


async def _concerned(tx: Tx, member_id: UUID) -> list[Case]:
    """The pending requests on which the member has a voice, and those that nobody could decide,
    locked in the order of their ids."""
    ids = {
        *await approval_timing.list_requests_of_seats(tx, member_id),
        *await approval_timing.list_vacant(tx),
    }
    return [case for one in sorted(ids) if (case := await lock_case(tx, one)) is not None]


def _lent(seat: ApprovalSeat, absence_id: UUID) -> bool:
    """Whether the delegate has the seat because of this absence, and nothing happened since."""
    last = seat.chain[-1] if seat.chain else {}
    return last.get("kind") == AWAY and last.get("absence") == str(absence_id)


def _set_words(absence: Absence, member: Member, delegate: Member | None, handed: int) -> str:
    days = days_in_words(absence.starts_at, absence.ends_at, member.timezone)
    who = (
        f"{delegate.name} decides for you."
        if delegate
        else "What waits for you goes to others who may decide."
    )
    if not handed:
        return f"You are out of office {days}. {who}"
    what = "1 request was" if handed == 1 else f"{handed} requests were"
    return f"You are out of office {days}. {who} {what} handed over now."
