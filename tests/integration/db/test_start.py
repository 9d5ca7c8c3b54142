"""A process that starts while the database is being restarted waits for it, for a while."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.demo import free_port
from bot.processes import StartupError, database_answers
from db.session import Database, is_disconnect


async def test_it_waits_until_the_database_answers(runtime_url: str, tmp_path: Path) -> None:
    """Its socket is not there yet; then it is."""
    folder = Path(runtime_url.rpartition("host=")[2].partition("&")[0])
    (sock,) = folder.glob(".s.PGSQL.*[0-9]")  # noqa: ASYNC240
    later = Path("/tmp") / f"us-{tmp_path.parent.name[-6:]}-{free_port()}"
    later.mkdir()
    settings = Settings(database_url=runtime_url.replace(str(folder), str(later)))
    waiting = asyncio.create_task(database_answers(settings, pauses=[0.05] * 40))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    (later / sock.name).symlink_to(sock)
    await asyncio.wait_for(waiting, 5)
    (later / sock.name).unlink()
    later.rmdir()


async def test_a_wrong_address_is_told() -> None:
    settings = Settings(database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with pytest.raises(StartupError, match="doesn't answer"):
        await database_answers(settings, pauses=[0.01])


async def test_a_socket_that_is_gone_is_a_database_that_is_away(tmp_path: Path) -> None:
    """A click meanwhile is told to come again, not that something of ours is broken."""
    assert is_disconnect(await refusal(f"postgresql://nobody@/none?host={tmp_path}"))
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "a file of ours").read_bytes()
    assert not is_disconnect(missing.value)


async def test_so_is_one_that_hangs_up_while_we_connect() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"N")  # no TLS
        await reader.read(8)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert is_disconnect(await refusal(f"postgresql://nobody@127.0.0.1:{port}/none"))


async def refusal(url: str) -> Exception:
    """What a transaction ends with there."""
    database = Database(url, pool_size=1)
    try:
        async with database.directory() as tx:
            await tx.session.connection()
    except (SQLAlchemyError, OSError) as error:
        return error
    finally:
        await database.close()
    raise AssertionError("it connected")
