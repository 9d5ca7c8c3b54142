"""What the copilot did: a list that can be narrowed, page by page, and one action's whole story."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import autonomy_chain as chain
from db import autonomy_figures as figures
from db import customers, members
from db.autonomy_figures import Chosen, Sight
from db.autonomy_rows import ActionRow, LeftOutRow
from db.models.tenants import Member
from db.outcome_credits import list_credits
from db.session import Database, ReadTx
from db.visibility import may_see
from services.actors import require_member
from services.autonomy.overview import TOTALS_ONLY
from services.autonomy.seeing import sight_of
from services.errors import Forbidden, InvalidInput, NotFound
from services.ports import Clock
from services.reader import reader_of
from services.types.actions import AutonomyLevel
from services.types.autonomy_views import (
    SPANS,
    ChainView,
    CreditLine,
    DoingLine,
    DoingsFilter,
    DoingsView,
    EffectLine,
    JudgementLine,
    LeftOutLine,
    OutcomeLine,
    RevisionLine,
    Which,
)
from services.types.people import Actor, Role
from services.visibility import leads, only_of

PAGE = 10
MOST_OPTIONS = 100
MOST_CREDITS = 50
GONE = "I can't find this action, or it isn't yours to see."
NO_FILTER = "I don't know this filter. Nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingsService:
    db: Database
    clock: Clock

    async def list(
        self,
        actor: Actor,
        chosen: DoingsFilter,
        *,
        before: UUID | None = None,
        after: UUID | None = None,
    ) -> DoingsView:
        """A page, newest first: older than `before`, or next newer than `after`."""
        wanted = self._chosen(chosen)
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            _refuse_totals_only(member)
            sight = await sight_of(tx, member)
            page = _Page(tx=tx, sight=sight, chosen=wanted, before=before, after=after)
            found = await (page.left_out() if chosen.left_out else page.actions())
            shown, older, newer = _around(found, before=before, after=after)
            return DoingsView(
                reader=reader_of(member, self.clock),
                chosen=chosen,
                account=await _account_name(tx, member, chosen.account_id),
                member=await _member_name(tx, chosen.member_id),
                lines=tuple(line_of(one) for one in shown if isinstance(one, ActionRow)),
                left_out=tuple(_left_out(one) for one in shown if isinstance(one, LeftOutRow)),
                older=older,
                newer=newer,
                may_export=member.role == Role.ADMIN,
                may_choose_people=leads(member),
            )

    async def story(self, actor: Actor, action_id: UUID) -> ChainView:
        """Everything that is known of one action. NotFound where it isn't the actor's to see."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            _refuse_totals_only(member)
            row = await figures.get_action_row(tx, await sight_of(tx, member), action_id)
            if row is None:
                raise NotFound(GONE)
            return await _story(tx, member, row, self.clock)

    async def people(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        """Members the list may be narrowed to, by what was typed of their name."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if not leads(member):
                return ()
            sight = await sight_of(tx, member)
            wanted = text.casefold().strip()
            return tuple(
                (one.id, one.name)
                for one in await members.list_members(tx)
                if wanted in one.name.casefold()
                and (sight.people is None or one.id in sight.people)
            )[:MOST_OPTIONS]

    def _chosen(self, chosen: DoingsFilter) -> Chosen:
        if chosen.days not in SPANS:
            raise InvalidInput(NO_FILTER)
        if chosen.which not in {*Which, *AutonomyLevel}:
            raise InvalidInput(NO_FILTER)
        return Chosen(
            since=self.clock.now() - timedelta(days=chosen.days),
            types=(chosen.action_type,) if chosen.action_type else (),
            account_id=chosen.account_id,
            member_id=chosen.member_id,
            which=chosen.which,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One more than a page holds, so that it is known whether something comes behind it."""

    tx: ReadTx
    sight: Sight
    chosen: Chosen
    before: UUID | None
    after: UUID | None

    async def actions(self) -> list[ActionRow] | list[LeftOutRow]:
        return await figures.list_actions(
            self.tx,
            self.sight,
            self.chosen,
            limit=PAGE + 1,
            before=self.before,
            after=self.after,
        )

    async def left_out(self) -> list[ActionRow] | list[LeftOutRow]:
        return await figures.list_left_out(
            self.tx,
            self.sight,
            self.chosen,
            limit=PAGE + 1,
            before=self.before,
            after=self.after,
        )


def _around(
    found: list[ActionRow] | list[LeftOutRow], *, before: UUID | None, after: UUID | None
) -> tuple[list[ActionRow | LeftOutRow], UUID | None, UUID | None]:
    """What is shown, where older ones begin, where newer ones do."""
    more = len(found) > PAGE
    rows: list[ActionRow | LeftOutRow] = list(found)
    # Going towards the newer ones, the one too many is the newest.
    shown = rows[1:] if more and after is not None else rows[:PAGE]
    if not shown:
        return [], None, None
    has_older = more if after is None else True
    has_newer = more if after is not None else before is not None
    return shown, shown[-1].id if has_older else None, shown[0].id if has_newer else None


def _refuse_totals_only(member: Member) -> None:
    if member.role == Role.EXECUTIVE:
        raise Forbidden(TOTALS_ONLY)


async def _account_name(tx: ReadTx, member: Member, account_id: UUID | None) -> str:
    """Of an account the member may see; a filter may name any."""
    if account_id is None or not await may_see(tx, account_id, only_of(member)):
        return ""
    account = await customers.get_account(tx, account_id)
    return account.name if account else ""


async def _member_name(tx: ReadTx, member_id: UUID | None) -> str:
    member = await members.get_member(tx, member_id) if member_id else None
    return member.name if member else ""


def line_of(row: ActionRow) -> DoingLine:
    return DoingLine(
        id=row.id,
        at=row.created_at,
        action_type=row.type,
        status=row.status,
        level=row.judged_level or row.level,
        verdict=row.judged_verdict or row.verdict,
        account=row.account or "",
        owner=row.owner or "",
        # An action names what began it by kind and id: `mail 01a2…`.
        trigger=row.trigger_kind or row.trigger.partition(" ")[0],
        why=row.trigger_why or "",
        decided=row.judged or "",
        decided_by=row.decided_by or "",
        decided_at=row.decided_at,
        surface=row.decided_surface or "",
        effect=row.effect or "",
        due_at=row.due_at,
        settled_at=row.settled_at,
        undone_by=row.undo_by or "",
        undone_at=row.undo_at,
        outcome=row.outcome or "",
    )


def _left_out(row: LeftOutRow) -> LeftOutLine:
    return LeftOutLine(
        id=row.id,
        at=row.created_at,
        kind=row.kind,
        action_type=row.action_type,
        account=row.account,
        owner=row.owner or "",
        status=row.status,
        why=row.why,
        why_not=row.why_not,
        settled_by=row.settled_by or "",
    )


async def _story(tx: ReadTx, member: Member, row: ActionRow, clock: Clock) -> ChainView:
    mail = await chain.get_mail(tx, row.id)
    revisions = await chain.list_revisions(tx, row.id)
    judged = await chain.list_judgements(tx, row.id)
    own = revisions[-1].subject if revisions else ""
    return ChainView(
        reader=reader_of(member, clock),
        line=line_of(row),
        reasons=tuple(row.judged_reasons or row.reasons),
        decision_reason=row.decision_reason or "",
        mail=mail.subject if mail else own,
        mail_from=mail.sender if mail else "",
        mail_at=mail.at if mail else None,
        trigger_why=row.trigger_why or "",
        revisions=tuple(
            RevisionLine(
                number=one.number,
                at=one.created_at,
                author=one.author,
                by=one.by or "",
                instruction=one.instruction or "",
            )
            for one in revisions
        ),
        judgements=tuple(
            JudgementLine(
                revision=one.revision,
                at=one.created_at,
                level=one.level,
                verdict=one.verdict,
                decision=one.decision,
                would=one.would,
                reasons=tuple(one.reasons),
            )
            for one in judged
        ),
        effects=await _effects(tx, row.id),
        outcomes=await _outcomes(tx, row.id),
        credits=await _credits(tx, row.id),
    )


async def _effects(tx: ReadTx, action_id: UUID) -> tuple[EffectLine, ...]:
    return tuple(
        EffectLine(
            revision=one.revision,
            status=one.status,
            queued_at=one.created_at,
            due_at=one.due_at,
            claimed_at=one.claimed_at,
            settled_at=one.settled_at,
            undone_at=one.undo_at,
            undone_by=by or "",
            why=str(one.result.get("why") or ""),
        )
        for one, by in await chain.list_effects(tx, action_id)
    )


async def _outcomes(tx: ReadTx, action_id: UUID) -> tuple[OutcomeLine, ...]:
    return tuple(
        OutcomeLine(
            event=one.event,
            status=one.status,
            predicted=float(one.predicted),
            shown=float(one.predicted if one.calibrated is None else one.calibrated),
            until=one.window_ends_at,
            resolved_at=one.resolved_at,
            late_at=one.late_at,
            reason=one.reason,
        )
        for one in await chain.list_outcomes(tx, action_id)
    )


async def _credits(tx: ReadTx, action_id: UUID) -> tuple[CreditLine, ...]:
    found = await list_credits(tx, action_id=action_id, limit=MOST_CREDITS)
    return tuple(
        CreditLine(event=one.event_kind, at=one.happened_at, part=one.weight, forward=one.score > 0)
        for one in reversed(found)
    )
