"""The worker: the process that claims jobs for one device and renders them.

Started as `python -m engine.worker` by whoever has work and finds nobody there; nothing imports
it. A crash or an out-of-memory kill here is a job to claim again, not a dead server. It leaves
after some idle time, and its memory goes with it.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from engine.booth import Booth, Tools
from engine.database import Database
from engine.errors import Cancelled, RenderFailed, StudioError
from engine.finishing import Draft, finish
from engine.jobs import Claim, Queue
from engine.library import Library
from engine.listen.picture import draw_picture
from engine.listen.readings import Analysis
from engine.pictures import Pictures
from engine.renderers import Progress, Renderer, Source, Sources, Workplace, load
from engine.requests import (
    AnalyzeRequest,
    GenerateRequest,
    RenderRequest,
    RenderSetRequest,
    SeparateRequest,
    TrackRequest,
)
from engine.results import SetMade, Track
from engine.settings import Settings
from engine.staffing import Seat
from engine.stems import stems
from engine.tasks import Bench, drafts, listen, read_source

_log = logging.getLogger("engine.worker")
_REPORT_EVERY_S = 0.2
_LOOK_EVERY_S = 0.1
_SEAT_TRIES = 40
"""A studio that only looks whether the seat is taken holds it for an instant."""


class Worker:
    """Claims and renders, one job at a time, until there is nothing to do for `idle_s`."""

    def __init__(
        self,
        settings: Settings,
        leaving: threading.Event,
        load_renderer: Callable[[str, Workplace], Renderer] = load,
    ) -> None:
        """`leaving` makes it stop: the job under way ends at its next step and is given back."""
        self._settings = settings
        self._leaving = leaving
        self._renderer = cache(lambda name: load_renderer(name, settings.workplace))
        self._database = Database(settings.home / "studio.db")
        self._library = Library(settings.home, self._database)
        self._queue = Queue(self._database, self._library)
        self._pictures = Pictures(settings.home)
        self._owner = f"{settings.device}/{os.getpid()}-{secrets.token_hex(4)}"
        self._drafts = settings.home / "drafts" / settings.device.replace(":", "-")

    def run(self) -> None:
        """Work until idle for long enough or asked to leave."""
        shutil.rmtree(self._drafts, ignore_errors=True)  # a killed predecessor's half-written files
        self._drafts.mkdir(parents=True, exist_ok=True)
        last_busy = time.monotonic()
        while not self._leaving.is_set() and time.monotonic() - last_busy < self._settings.idle_s:
            self._queue.reclaim(self._settings.device, self._owner)
            claim = self._queue.claim(self._owner, self._settings.lease_s)
            if claim is None:
                self._leaving.wait(_LOOK_EVERY_S)
                continue
            self._work(claim)
            last_busy = time.monotonic()

    def work_left(self) -> bool:
        return bool(self._queue.counts().get("queued"))

    def close(self) -> None:
        self._database.close()

    def _work(self, claim: Claim) -> None:
        """Render the job and end it, whatever happens: the one place that catches everything."""
        _log.info("%s: %s", claim.id, claim.title)
        try:
            with self._lease(claim) as stopped:
                found = self._perform(claim, stopped)
            self._queue.finish(claim.id, self._owner, found)
        except Cancelled as error:
            if self._leaving.is_set():
                self._queue.give_back(claim.id, self._owner)
            else:
                self._queue.stop(claim.id, self._owner, error)
        except StudioError as error:
            self._queue.stop(claim.id, self._owner, error)
        except MemoryError:
            full = "Memory ran out; ask for a shorter duration or close other programs."
            self._queue.stop(claim.id, self._owner, RenderFailed(full))
        except Exception as error:
            _log.exception("%s", claim.id)
            bug = (
                f"The {claim.renderer} renderer failed ({type(error).__name__}), which is a bug; "
                "worker.log in the library's folder has the details."
            )
            self._queue.stop(claim.id, self._owner, RenderFailed(bug))

    def _perform(self, claim: Claim, stopped: threading.Event) -> Analysis | SetMade | None:
        """Deliver every track that isn't there yet, or listen and say what was heard, or render a
        set and say how it came out."""
        request = claim.request
        if isinstance(request, RenderSetRequest):
            return self._render_set(claim, request, stopped)
        sources = self._sources(claim, request)
        if isinstance(request, AnalyzeRequest):
            assert sources.track
            return self._listen(claim, request, sources.track)
        for number, draft in self._drafts_of(claim, sources, stopped):
            done = finish(draft, self._drafts, self._library)
            if not self._queue.deliver(claim.id, self._owner, number, done.name, done.track):
                raise Cancelled("Another worker took this job over.")
        return None

    def _listen(self, claim: Claim, request: AnalyzeRequest, source: Source) -> Analysis:
        """What is heard; in full, it is drawn as well."""
        self._queue.report(claim.id, self._owner, "listening", 0.1)
        analysis = listen(request, source, self._library)
        if request.detail == "full":
            self._queue.report(claim.id, self._owner, "drawing", 0.8)
            png = draw_picture(source.audio, analysis, source.track.title)
            self._pictures.keep(claim.picture, png, self._drafts)
        return analysis

    def _drafts_of(
        self, claim: Claim, sources: Sources, stopped: threading.Event
    ) -> Iterator[tuple[int, Draft]]:
        """What the job makes, one after the other, but for what is delivered already."""
        request, report = claim.request, self._reporter(claim)

        def bench(renderer: str) -> Bench:
            return Bench(lambda: self._renderer(renderer), report, stopped.is_set, claim.takes_done)

        if isinstance(request, SeparateRequest):
            assert sources.track
            here = self._settings.workplace
            return stems(request, claim.title, sources.track, here, bench("acestep"))
        assert isinstance(request, RenderRequest)
        return drafts(request, claim.title, sources, bench(claim.renderer))

    def _render_set(
        self, claim: Claim, request: RenderSetRequest, stopped: threading.Event
    ) -> SetMade:
        # Mixing is only loaded by those who need it.
        from engine.sets.perform import render_set

        def settled(slot: int, track: Track) -> None:
            self._queue.settle(claim.id, self._owner, slot, track.id)

        here = self._settings.workplace
        tools = Tools(self._library, here, self._renderer, self._drafts)
        with Booth(tools, claim.renderer, self._reporter(claim), stopped.is_set) as booth:
            return render_set(request, claim.title, booth, settled)

    def _sources(self, claim: Claim, request: GenerateRequest | TrackRequest) -> Sources:
        if isinstance(request, GenerateRequest):
            return Sources(reference=self._heard(claim, "reference", request.reference))
        return Sources(track=self._heard(claim, "track", request.track))

    def _heard(self, claim: Claim, field: str, ref: str | None) -> Source | None:
        if ref is None:
            return None
        self._queue.report(claim.id, self._owner, "reading", 0.0)
        return read_source(self._library.admitted(ref), field)

    def _reporter(self, claim: Claim) -> Progress:
        """What a job is told to report its progress to; the last tenth is for writing."""
        last = 0.0

        def report(stage: str, fraction: float) -> None:
            nonlocal last
            if time.monotonic() - last >= _REPORT_EVERY_S:
                last = time.monotonic()
                self._queue.report(claim.id, self._owner, stage, 0.9 * fraction)

        return report

    @contextmanager
    def _lease(self, claim: Claim) -> Generator[threading.Event]:
        """Keep the job ours while rendering. The event is set once it should stop."""
        stopped, done = threading.Event(), threading.Event()

        def renew() -> None:
            while not done.wait(_LOOK_EVERY_S):
                kept = self._queue.renew(claim.id, self._owner, self._settings.lease_s)
                if not kept or self._leaving.is_set():
                    stopped.set()

        thread = threading.Thread(target=renew, name="lease", daemon=True)
        thread.start()
        try:
            yield stopped
        finally:
            done.set()
            thread.join()


def main() -> None:
    settings, detach = _arguments()
    if detach and os.fork():
        os._exit(0)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    settings.home.mkdir(parents=True, exist_ok=True)
    leaving = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leaving.set())
    seat = Seat(settings.home, settings.device)
    while _sit(seat):
        worker = Worker(settings, leaving)
        worker.run()
        seat.leave()
        # A job queued while the seat was still ours had nobody else called in for it.
        again = worker.work_left() and not leaving.is_set()
        worker.close()
        if not again:
            return


def _sit(seat: Seat) -> bool:
    for _ in range(_SEAT_TRIES):
        if seat.take():
            return True
        time.sleep(0.025)
    return False


def _arguments() -> tuple[Settings, bool]:
    parser = argparse.ArgumentParser(prog="python -m engine.worker", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--checkpoints", type=Path, action="append", default=[])
    parser.add_argument("--adapters", type=Path)
    parser.add_argument("--fake-vram-gb", type=float)
    parser.add_argument("--lease-s", type=float, default=10.0)
    parser.add_argument("--idle-s", type=float, default=120.0)
    parser.add_argument("--detach", action="store_true", help="go on as a process of its own")
    given = parser.parse_args()
    settings = Settings(
        home=given.home,
        device=given.device,
        checkpoints=tuple(given.checkpoints),
        adapters=given.adapters,
        fake_vram_gb=given.fake_vram_gb,
        lease_s=given.lease_s,
        idle_s=given.idle_s,
    )
    return settings, given.detach


if __name__ == "__main__":
    main()
