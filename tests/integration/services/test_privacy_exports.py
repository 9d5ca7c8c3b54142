"""What a workspace and a person get, and that a workspace which is erased leaves nothing."""

import csv
import io
import json
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.exporting import write_zip
from db.models.directories import WorkspaceEntry
from db.session import Database
from services.errors import NotFound, TransientError
from services.privacy.exporting import ExportingService
from services.privacy.whole import WholeErasure
from tests import factories as make
from tests.integration.services.loop import Loop
from tests.integration.services.privacy_desk import PrivacyDesk
from tests.shared import VAULT


@pytest.fixture
async def desk(loop: Loop) -> PrivacyDesk:
    desk = PrivacyDesk(loop)
    await loop.set(type(loop.contact), loop.contact.id, name="=Carla Contact")
    loop.contact.name = "=Carla Contact"
    await loop.set(type(loop.box), loop.box.id, credentials=b"ya29.secret-of-google")
    await desk.lived()
    return desk


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def zipped(desk: PrivacyDesk, path: Path, form: str, email: str | None = None):
    loop = desk.loop
    exporting = ExportingService(loop.database, loop.audit, VAULT)
    await write_zip(exporting, loop.tenant, path, form=form, email=email, now=loop.clock.now())
    archive = zipfile.ZipFile(path)
    return archive, {name: archive.read(name).decode() for name in archive.namelist()}


async def test_a_workspace_gets_everything_but_secrets(desk: PrivacyDesk, tmp_path: Path) -> None:
    loop = desk.loop
    other = await make.make_tenant(loop.database)
    async with loop.database.transaction(other) as tx:
        await make.make_account(tx, name="Somebody else's")
    for form in ("json", "csv"):
        _, files = await zipped(desk, tmp_path / f"all.{form}.zip", form)
        manifest = json.loads(files.pop("manifest.json"))
        assert manifest["files"].keys() == files.keys()
        whole = "\n".join(files.values())
        assert "ya29" not in whole
        assert b"ya29".hex() not in whole
        assert "Somebody else's" not in whole
        assert loop.contact.email in whole
        assert "has it already" in whole  # the audit is opened
        if form == "csv":
            rows = list(csv.DictReader(io.StringIO(files["contacts.csv"])))
            assert [row["name"] for row in rows] == ["'=Carla Contact"]
        else:
            messages = files["messages.jsonl"].splitlines()
            assert len(messages) == manifest["files"]["messages.jsonl"]["rows"] >= 3
    assert names_in(tmp_path) == {"all.json.zip", "all.csv.zip"}


async def test_somebody_gets_all_that_is_held_about_them(desk: PrivacyDesk, tmp_path: Path) -> None:
    loop = desk.loop
    async with loop.database.transaction(loop.tenant) as tx:
        account = await make.make_account(tx, name="Not theirs")
        await make.make_contact(tx, account_id=account.id, email="dan@other.test", name="Dan Di")
    _, files = await zipped(desk, tmp_path / "carla.zip", "json", loop.contact.email)
    assert {
        "README.txt",
        "contacts.jsonl",
        "messages.jsonl",
        "draft_revisions.jsonl",
        "notes.jsonl",
        "audit_entries.jsonl",
    } <= files.keys()
    assert "dan@other.test" not in str(files)
    assert "has it already" in files["audit_entries.jsonl"]
    with pytest.raises(NotFound):
        await zipped(desk, tmp_path / "nobody.zip", "json", "nobody@nowhere.test")
    assert not (tmp_path / "nobody.zip").exists()
    await desk.erase()
    with pytest.raises(NotFound):
        await zipped(desk, tmp_path / "carla.zip", "json", loop.contact.email)


async def test_a_workspace_that_is_erased_leaves_the_proof_and_no_row(
    desk: PrivacyDesk, owner_url: str
) -> None:
    loop = desk.loop
    other = await make.make_tenant(loop.database)
    async with loop.database.transaction(other) as tx:
        await make.make_account(tx)
    asked: list[str] = []

    async def forget(_tenant: object) -> None:
        asked.append("vectors")
        if len(asked) == 1:
            raise TransientError("the store is down")

    async def end(_tx: object, mailbox: object) -> None:
        mailbox.status, mailbox.credentials = "disconnected", None

    whole = WholeErasure(
        db=loop.database,
        clock=loop.clock,
        audit=loop.audit,
        end_mailbox=end,
        forget_vectors=forget,
    )
    plan = await whole.plan(loop.tenant)
    assert plan.rows["messages"] >= 3
    assert await whole.quiet(loop.tenant) == {}
    owner = Database(owner_url, pool_size=1)
    try:
        with pytest.raises(TransientError):
            await whole.drop(owner, loop.tenant)
        assert (await whole.plan(loop.tenant)).rows["messages"] >= 3
        counts = await whole.drop(owner, loop.tenant)
        assert counts["audit_entries"] > 0
        assert await whole.drop(owner, loop.tenant) == {}
    finally:
        await owner.close()
    left = {table for table, told in (await desk.everything()).items() if told}
    assert left == set()
    async with loop.database.directory() as tx:
        teams = (await tx.session.scalars(text("select tenant_id from workspace_directory"))).all()
        queued = await tx.session.scalar(text("select count(*) from jobs.pgqueuer"))
        proof = (await tx.session.execute(text("select * from erased_workspaces"))).one()
    assert teams == [other]
    assert queued == 0
    assert (proof.id, proof.counts["messages"]) == (loop.tenant, plan.rows["messages"])
    assert proof.audit_links > 0
    assert (await desk.everything(other))["accounts"]
    async with loop.database.directory() as tx:
        tx.session.add(WorkspaceEntry(team_id="T-again", tenant_id=uuid4()))


async def test_only_the_owner_may_delete_an_audit_and_only_of_one_that_is_named(
    desk: PrivacyDesk, owner_url: str
) -> None:
    loop = desk.loop
    flag = text("select set_config('app.erasing', :tenant, true)")
    drop = text("delete from audit_entries")

    async def delete(database: Database, named: str) -> None:
        async with database.transaction(loop.tenant) as tx:
            await tx.session.execute(flag, {"tenant": named})
            await tx.session.execute(drop)

    with pytest.raises(Exception, match="permission denied"):
        await delete(loop.database, str(loop.tenant))
    owner = Database(owner_url, pool_size=1)
    try:
        for named in ("", str(uuid4())):
            with pytest.raises(Exception, match="append-only"):
                await delete(owner, named)
    finally:
        await owner.close()
