"""One worker process per device: who is there, and calling one in.

A worker holds an operating-system lock on `worker-<device>.lock` as long as it lives; the system
frees it however the process ends. So nobody has to guess from process ids or clocks.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from engine.settings import Settings

_PATIENCE_S = 8.0
"""How long a worker may take to sit down before it is called again; it does so first of all."""
_TRIES = 3
_FAREWELL_S = 60.0
"""A worker leaves between two steps, and loading a model is one."""
_LOOK_EVERY_S = 0.05


class Seat:
    """The right to be the worker of a device."""

    def __init__(self, home: Path, device: str) -> None:
        self._path = home / f"worker-{re.sub(r'[^a-z0-9]+', '-', device.lower())}.lock"
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Sit down and write this process's id into the file; False if somebody sits there."""
        file = self._path.open("ab")
        if not _lock(file):
            file.close()
            return False
        self._file = file
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        return True

    def leave(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def taken(self) -> bool:
        """Whether a worker is there now."""
        with self._path.open("ab") as file:
            return not _lock(file)

    def process_id(self) -> int | None:
        """The process of the worker that is there now."""
        return int(self._path.read_bytes() or 0) or None if self.taken() else None


class Staff:
    """Calls a worker in when there is work and the seat is empty."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seat = Seat(settings.home, settings.device)
        self._called = 0.0
        self._tries = 0
        self.log = settings.home / "worker.log"

    def present(self) -> bool:
        return self._seat.taken()

    def call(self) -> bool:
        """Make sure a worker is there or on its way; False if several in a row never came."""
        if self._seat.taken():
            self._tries = 0
            return True
        if time.monotonic() - self._called < (_PATIENCE_S if self._tries else 0.0):
            return True
        if self._tries >= _TRIES:
            self._tries = 0
            return False
        self._called = time.monotonic()
        self._tries += 1
        _start(self._settings, self.log)
        return True

    def dismiss(self) -> bool:
        """Ask the worker to leave, and wait until it has; False if it doesn't.

        It finishes the step that it is at, and gives its job back.
        """
        deadline = time.monotonic() + _FAREWELL_S
        process_id = self._seat.process_id()
        if process_id is not None:
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGTERM)
        while self._seat.taken():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY_S)
        return True


def _start(settings: Settings, log: Path) -> None:
    """Start `engine.worker` as a process that outlives this one, its output in `log`."""
    # -P: a folder called `engine` in the current directory must not be taken for ours.
    command = [
        sys.executable, "-P", "-m", "engine.worker",
        "--home", str(settings.home), "--device", settings.device,
        "--lease-s", str(settings.lease_s), "--idle-s", str(settings.idle_s),
    ]  # fmt: skip
    for folder in settings.checkpoints:
        command += ["--checkpoints", str(folder)]
    if settings.adapters:
        command += ["--adapters", str(settings.adapters)]
    if settings.fake_vram_gb is not None:
        command += ["--fake-vram-gb", str(settings.fake_vram_gb)]
    with log.open("ab") as output:
        if os.name == "posix":
            # It forks away and the parent returns at once, so no zombie is left to reap.
            subprocess.run(
                [*command, "--detach"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, check=False,
            )  # fmt: skip
        else:
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
            )  # fmt: skip


def _lock(file: IO[bytes]) -> bool:
    """Take an exclusive lock that ends with the file or the process; False if it is held."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
