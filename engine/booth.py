"""The booth: where the tracks of a set are made and heard, one while the next is rendered.

A track that was made before for the same request, by whatever set, is found again; so a set whose
worker died goes on where it was, and a changed plan makes only what it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from engine.audio import files
from engine.fingerprints import fingerprint
from engine.finishing import Draft, content_of, finish
from engine.hearing import hear
from engine.library import Library
from engine.renderers import (
    Cancelled,
    Progress,
    Rendered,
    Renderer,
    Source,
    Sources,
    Workplace,
    choose,
)
from engine.requests import AnalyzeRequest, GenerateRequest, RenderRequest, RepaintRequest
from engine.results import Track
from engine.sets.casting.decks import Heard
from engine.tasks import known_of, read_source


@dataclass(frozen=True, slots=True)
class Tools:
    """What the booth works with."""

    library: Library
    workplace: Workplace
    load: Callable[[str], Renderer]
    drafts: Path
    """For files while they are written."""


class Booth:
    """Renders in the caller's thread, and finishes and listens in another. Use it in `with`."""

    def __init__(
        self, tools: Tools, renderer: str, progress: Progress, cancelled: Cancelled
    ) -> None:
        self.progress = progress
        self.cancelled = cancelled
        self.renderer = renderer
        self.drafts = tools.drafts
        self.home = tools.workplace.home
        self._tools = tools
        self._listening = ThreadPoolExecutor(1, thread_name_prefix="listening")

    def __enter__(self) -> Booth:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.shutdown(cancel_futures=True)

    def make(self, request: RenderRequest, title: str, progress: Progress) -> Future[Heard]:
        """The request's track, rendered when this returns, or found where it was made before.

        Raises whatever rendering raises; what writing and listening raise is in the future.
        """
        chosen = choose(self.renderer, request, self._tools.workplace)
        mark = fingerprint(request, chosen.name, chosen.revision)
        if track := self._tools.library.made_for(mark):
            return self._listening.submit(self._hear, track)
        sources = self._sources(request)
        rendered = self._tools.load(chosen.name).render(request, sources, progress, self.cancelled)
        draft = Draft(rendered, request, title, sources)
        return self._listening.submit(self._finish, draft, mark)

    def given(self, ref: str) -> Future[Heard]:
        """A track that is there already, by its id or path."""
        return self._listening.submit(self._hear, self._tools.library.admitted(ref))

    def repaint(self, request: RepaintRequest, source: Source) -> Rendered:
        """New material in a piece of a mix, which becomes no track."""
        chosen = choose(self.renderer, request, self._tools.workplace)
        renderer = self._tools.load(chosen.name)
        return renderer.render(request, Sources(track=source), lambda *_: None, self.cancelled)

    def _sources(self, request: RenderRequest) -> Sources:
        if isinstance(request, GenerateRequest):
            return Sources()
        return Sources(track=read_source(self._tools.library.admitted(request.track)))

    def _finish(self, draft: Draft, mark: str) -> Heard:
        done = finish(draft, self._tools.drafts, self._tools.library, "full")
        self._tools.library.enter(done.name, done.track, mark)
        return Heard(done.track, done.analysis)

    def _hear(self, track: Track) -> Heard:
        known = known_of(AnalyzeRequest(track=track.id, detail="full"), track)
        file, library = Path(track.path), self._tools.library
        heard = hear(lambda: files.read(file), content_of(track), known, "full", library)
        return Heard(track, heard)
