"""Accounts that became part of another are shown nowhere: this is the one place that says so.

Every SELECT through the ORM leaves them out by itself, wherever the account stands in it. Whoever
must see them (linking, the moves themselves, a file that still names them) says `WITH_MERGED`.
Statements in plain SQL that list accounts say `merged_into_id is null` themselves.
"""

from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from db.models.customers import Account

WITH_MERGED: Final = {"with_merged": True}
_STANDING = with_loader_criteria(Account, Account.merged_into_id.is_(None), include_aliases=True)


class StandingSession(Session):
    """A session in which merged accounts are not there."""


@event.listens_for(StandingSession, "do_orm_execute")
def _leave_out_merged(state: ORMExecuteState) -> None:
    if not state.is_orm_statement or not state.is_select or state.is_column_load:
        return
    if not state.execution_options.get("with_merged"):
        state.statement = state.statement.options(_STANDING)
