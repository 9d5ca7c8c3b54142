"""Row-level security, grants and append-only triggers, said once and used by every revision."""

from alembic import op

APP_ROLE = "understudy_app"
POLICY = "tenant_isolation"
TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"


def create_app_role() -> None:
    """The group role the processes' login belongs to. It owns nothing."""
    op.execute(
        f"""
        do $$ begin
            if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
                create role {APP_ROLE} nologin nosuperuser nobypassrls;
            end if;
        end $$
        """
    )
    op.execute(f"grant usage on schema public to {APP_ROLE}")


def secure(table: str, *, append_only: bool = False) -> None:
    """Only the tenant named in this transaction sees or writes the table's rows, owner included."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy {POLICY} on {table} using (tenant_id = {TENANT}) "
        f"with check (tenant_id = {TENANT})"
    )
    grant(table, append_only=append_only)
    if append_only:
        forbid_change(table)


def grant(table: str, *, append_only: bool = False) -> None:
    rights = "select, insert" if append_only else "select, insert, update, delete"
    op.execute(f"grant {rights} on {table} to {APP_ROLE}")


def forbid_change(table: str) -> None:
    """Whoever asks, the owner too: rows of this table stay as they were written."""
    op.execute(
        f"create trigger {table}_stays before update or delete on {table} "
        "for each row execute function refuse_change()"
    )
    op.execute(
        f"create trigger {table}_stays_whole before truncate on {table} "
        "for each statement execute function refuse_change()"
    )


def create_refusal() -> None:
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin raise exception '% is append-only', tg_table_name; end $$
        """
    )


def drop_refusal() -> None:
    op.execute("drop function refuse_change()")
