"""A person before a real screen: Chromium, driven through its own protocol."""

import asyncio
import base64
import json
import re
import subprocess
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 20.0
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
# The last visible element that fits: what was opened last lies on top.
FIND = """
(selector, text) => [...document.querySelectorAll(selector)]
  .filter((one) => one.getClientRects().length && one.textContent.includes(text)).at(-1)
"""
ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
CODES = {"Tab": 9, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}
Found = TypeVar("Found")


class Browser:
    """One window. Everything waits, within bounds, for what it is about."""

    def __init__(self, width: int = 1100, height: int = 900) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = [str(CHROMIUM), *SWITCHES, f"--window-size={width},{height}"]
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            [*command, f"--user-data-dir={self._profile.name}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._loop = asyncio.Runner()
        self._calls = 0
        self._session, self._socket = self._run(self._connect(self._port()))

    def _run(self, work: Coroutine[Any, Any, Found]) -> Found:
        return self._loop.run(work)

    def _port(self) -> str:
        """Where it listens, as it tells on its error stream."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := re.search(rb"ws://127\.0\.0\.1:(\d+)/", line):
                return found[1].decode()
        raise AssertionError("Chromium ended before it listened")

    @staticmethod
    async def _connect(
        port: str,
    ) -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
        session = aiohttp.ClientSession()
        async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
            pages = [one for one in await response.json() if one["type"] == "page"]
        return session, await session.ws_connect(pages[0]["webSocketDebuggerUrl"])

    def close(self) -> None:
        async def leave() -> None:
            # Asked to leave, it still writes to its profile; then its socket closes.
            await self._socket.send_json({"id": 0, "method": "Browser.close"})
            await self._socket.close()
            await self._session.close()

        self._run(leave())
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._loop.close()
        self._profile.cleanup()

    async def _call(self, method: str, **params: Any) -> Any:
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": params})
        while True:
            answer = await self._socket.receive_json(timeout=PATIENCE)
            if answer.get("id") == self._calls:
                return answer.get("result", {})

    async def _js(self, expression: str) -> Any:
        answer = await self._call(
            "Runtime.evaluate", expression=expression, returnByValue=True, userGesture=True
        )
        return answer.get("result", {}).get("value")

    async def _until(self, expression: str, what: str) -> Any:
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            if value := await self._js(expression):
                return value
            await asyncio.sleep(0.05)
        page = str(await self._js("document.body.innerText"))
        raise AssertionError(f"not within {PATIENCE:.0f} s: {what}\n{page[-2000:]}")

    # ── what a person does ──────────────────────────────────────────────────────────────────────
    def go(self, url: str) -> None:
        async def travel() -> None:
            # Only the fragment differs between people: a fresh page loads it anew.
            await self._call("Page.navigate", url="about:blank")
            await self._call("Page.navigate", url=url)
            await self._until("document.readyState === 'complete'", url)

        self._run(travel())

    def sees(self, text: str, selector: str = "body") -> None:
        """Wait until the text is to be read there."""
        self._run(self._until(f"!!({_found(selector, text)})", f"“{text}” in {selector}"))

    def sees_no(self, selector: str) -> None:
        gone = f"!({_found(selector, '')})"
        self._run(self._until(gone, f"{selector} is gone"))

    def click(self, text: str = "", selector: str = "button") -> None:
        press = (
            f"(() => {{ const it = {_found(selector, text)}; it && it.click(); return !!it }})()"
        )
        self._run(self._until(press, f"{selector} “{text}” to press"))

    def link(self, text: str, selector: str = "a") -> str:
        """Where the last such link leads."""
        found = f"({_found(selector, text)})"
        look = f"(({found} || {{}}).href || '')"
        return str(self._run(self._until(look, f"a link “{text}”")))

    def picture(self, path: str) -> None:
        async def take() -> bytes:
            answer = await self._call("Page.captureScreenshot", format="png")
            return base64.b64decode(answer["data"])

        Path(path).write_bytes(self._run(take()))

    def size(self, width: int, height: int, scale: float = 1) -> None:
        """From now on, whatever the window was opened with."""
        screen = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self._run(self._call("Emulation.setDeviceMetricsOverride", **screen))

    def dark(self, *, on: bool = True) -> None:
        """What the page is told about the reader's liking."""
        liking = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self._run(self._call("Emulation.setEmulatedMedia", features=[liking]))

    def script(self, expression: str) -> Any:
        """What an expression comes to on this page."""
        return self._run(self._js(expression))

    def write(self, selector: str, text: str, number: int = 0) -> None:
        """Type into the n-th such field."""

        async def writing() -> None:
            field = f"document.querySelectorAll({json.dumps(selector)})[{number}]"
            await self._until(f"!!({field} && ({field}.focus(), 1))", f"a field {selector}")
            await self._call("Input.insertText", text=text)

        self._run(writing())

    def enter(self) -> None:
        self._key(**ENTER)

    def press(self, key: str) -> None:
        """One key that writes nothing: an arrow, Escape, Tab."""
        self._key(key=key, code=key, windowsVirtualKeyCode=CODES[key])

    def _key(self, **key: Any) -> None:
        async def pressing() -> None:
            await self._call("Input.dispatchKeyEvent", type="keyDown", **key)
            await self._call("Input.dispatchKeyEvent", type="keyUp", **key)

        self._run(pressing())


def _found(selector: str, text: str) -> str:
    return f"({FIND.strip()})({json.dumps(selector)}, {json.dumps(text)})"
