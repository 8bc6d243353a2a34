"""A headless Chromium that tests talk to by the DevTools protocol, through a pair of pipes."""

from __future__ import annotations

import json
import os
import shutil
import signal
from base64 import b64decode
from pathlib import Path
from select import select
from time import monotonic
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--autoplay-policy=no-user-gesture-required", "--remote-debugging-pipe", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--mute-audio",
)  # fmt: skip
_PATIENCE_S = 20.0


def browser_path() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Browser:
    """One browser with one page; `events` is all that it said."""

    def __init__(self, path: str, profile: Path) -> None:
        reads, self._to = os.pipe()
        self._from, writes = os.pipe()
        command = [path, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        quiet = os.open(os.devnull, os.O_RDWR)
        ends = [(quiet, 1), (quiet, 2), (reads, 103), (writes, 104), (103, 3), (104, 4)]
        actions = [(os.POSIX_SPAWN_DUP2, one, other) for one, other in ends]
        self._process = os.posix_spawn(path, command, os.environ, file_actions=actions, setpgroup=0)
        for end in (reads, writes, quiet):
            os.close(end)
        self._heard = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._to)
        os.close(self._from)

    def call(self, method: str, **params: object) -> dict:
        self._number += 1
        message: dict = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def show(self, page: Path, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Open a page at a width, in `light` or `dark`, and wait until it is loaded."""
        self.events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call("Page.navigate", url=page.as_uri())
        self.until("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """The value of an expression; promises are awaited."""
        done = self.call(
            "Runtime.evaluate",
            expression=script, returnByValue=True, awaitPromise=True, userGesture=True,
        )  # fmt: skip
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def until(self, condition: str) -> None:
        end = monotonic() + _PATIENCE_S
        while not self.run(condition):
            assert monotonic() < end, f"never: {condition}"

    def press(self, key: str) -> None:
        text = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self) -> bytes:
        """The whole page as a PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return b64decode(shot["data"])

    def said(self, *methods: str) -> list[dict]:
        return [event["params"] for event in self.events if event["method"] in methods]

    def _next(self) -> dict:
        while b"\0" not in self._heard:
            ready, _, _ = select([self._from], [], [], _PATIENCE_S)
            assert ready, "the browser says nothing any more"
            part = os.read(self._from, 1 << 16)
            assert part, "the browser is gone"
            self._heard += part
        message, _, self._heard = self._heard.partition(b"\0")
        return json.loads(message)
