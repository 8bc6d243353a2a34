"""The facade: ask for music, watch it being made, find what was made.

Any number of processes may open a studio on the same folder; they share its library, its queue
and its one worker per device. Rendering happens in the worker process, never here, so this module
stays light: it imports no numpy.
"""

from __future__ import annotations

import secrets
import shutil
import time
from importlib.metadata import version
from pathlib import Path

from engine.admission import Admitted, admit
from engine.audio import SAMPLE_RATE_HZ
from engine.database import Database
from engine.errors import NotFound, RenderFailed, StorageFull, Unsupported
from engine.fields import MAX_SEED
from engine.fingerprints import fingerprint
from engine.jobs import Queue
from engine.library import TRACK_ID, Library
from engine.models import MODELS, lacking
from engine.pictures import Pictures
from engine.renderers import Capabilities, acestep, choose, statuses
from engine.requests import (
    AnalyzeRequest,
    ExtendRequest,
    GenerateRequest,
    RenderRequest,
    RenderSetRequest,
    Request,
    SeparateRequest,
)
from engine.results import Job, LibraryPage, PlannedSet, Status, Track
from engine.revision import revision
from engine.sets.plan import SetPlan
from engine.sets.wishes import Wishes
from engine.settings import Settings
from engine.staffing import Staff

_LISTEN = Path(__file__).parent / "listen"
_SETS = Path(__file__).parent / "sets"
_POLL_S = 0.05
_PICTURE_S = 60.0
"""Whoever asks for a picture waits at most this long for a track to be heard."""
_ROOM_BYTES = 64 * 2**20
"""Kept free beyond what a job is expected to need."""
_USUAL_S = 240.0
"""At most about what a request that leaves its duration open gets."""
_TIMES_A_SET = 5
"""Each track of a set is in the library and in the set's folder, once more in the mix, and twice
that in float while it is mixed."""
_BYTES_PER_S = SAMPLE_RATE_HZ * 2 * 3


class Studio:
    """A library, a queue and the worker behind them. Close it when done; jobs go on."""

    def __init__(self, settings: Settings) -> None:
        """Open the studio at `settings.home`, creating it if need be.

        Raises `StudioError` if the folder can't be used.
        """
        self.settings = settings
        self._database = Database(settings.home / "studio.db")
        self.library = Library(settings.home, self._database, settings.media_dirs)
        self._queue = Queue(self._database, self.library)
        self._pictures = Pictures(settings.home)
        self._staff = Staff(settings)

    def submit(self, request: Request) -> Job:
        """Queue the request and make sure somebody works on it.

        The same request while one is unfinished is that job; the same request whose tracks are
        still there is that finished job, unless it leaves the seed open, because it would give
        the same again. Raises `Unsupported`, `StorageFull` or `QueueFull`, and for a request about
        a track whatever `admit` raises.
        """
        admitted = admit(request, self.library)
        request = admitted.request
        performer, made_in = self._performer(admitted)
        self._check_room(admitted)
        mark = fingerprint(request, performer, made_in)
        if not _is_open(request) and (twin := self._still_there(mark)):
            return twin
        if _is_open(request):
            request = request.model_copy(update={"seed": secrets.randbelow(MAX_SEED + 1)})
        job_id = self._queue.submit(
            request,
            title=admitted.title,
            fingerprint=mark,
            renderer=performer,
            limit=self.settings.queue_limit,
        )
        self.tend()
        return self._queue.job(job_id)

    def plan_set(self, wishes: Wishes) -> PlannedSet:
        """A set planned from words or a draft, at once; see `engine.planning.plan_set`."""
        # Planning is only loaded by those who plan.
        from engine.planning import plan_set

        return plan_set(wishes, self.library)

    def plan(self, text: str) -> SetPlan:
        """The plan with this id or in this text, mended but not filled in.

        Raises `NotFound` or `InvalidRequest`.
        """
        from engine.planning import read_plan

        return read_plan(text, self.library)[0]

    def job(self, job_id: str | None = None) -> Job:
        """This job, or the newest. Raises `NotFound`."""
        return self._queue.job(job_id)

    def jobs(self, limit: int = 10) -> tuple[Job, ...]:
        """The newest jobs, newest first."""
        return self._queue.newest(limit)

    def wait(self, job_id: str, timeout_s: float) -> Job:
        """The job once it is finished, or as it is after `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while True:
            job = self._queue.job(job_id)
            if job.finished or time.monotonic() >= deadline:
                return job
            self.tend()
            time.sleep(_POLL_S)

    def tend(self) -> None:
        """Start a worker if something waits and nobody is there. Cheap; call it while watching."""
        counts = self._queue.counts()
        if not counts.get("queued", 0) + counts.get("running", 0):
            return
        if not self._staff.call():
            self._queue.abandon(
                RenderFailed(
                    "The worker process can't be started; "
                    f"{self._staff.log} says why, and studio_status shows what is installed."
                )
            )

    def cancel(self, job_id: str) -> Job:
        """Stop the job: a queued one at once, a running one at its next step."""
        self._queue.job(job_id)
        self._queue.cancel(job_id)
        self.tend()
        return self._queue.job(job_id)

    def unload(self) -> bool:
        """Send the worker home, and with it whatever models it holds in memory; False if it stays.

        A job under way goes back into the queue.
        """
        return self._staff.dismiss()

    def track(self, ref: str) -> Track:
        """The track with this id, or the audio file at this path in a readable folder."""
        return self.library.track(ref)

    def picture(self, name: str) -> bytes:
        """A PNG file that shows what was heard: a job's `picture`, or that of a library's track.

        A track that wasn't listened to in full yet is, now. Raises `NotFound`, and whatever
        ended the listening.
        """
        if name.startswith(TRACK_ID):
            job = self.submit(AnalyzeRequest(track=name, detail="full"))
            job = self.wait(job.id, _PICTURE_S)
            if job.problem:
                raise job.problem.error()
            if not job.finished:
                raise NotFound(
                    "track: it is still being listened to; read the picture again in a while.",
                    field="track",
                )
            name = job.picture or ""
        if png := self._pictures.read(name):
            return png
        raise NotFound(
            "track: there is no such picture now; analyze_track at detail full draws one.",
            field="track",
        )

    def search(
        self,
        query: str = "",
        *,
        bpm_min: float | None = None,
        bpm_max: float | None = None,
        key: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> LibraryPage:
        """A page of the library; see `Library.search`."""
        return self.library.search(
            query, bpm_min=bpm_min, bpm_max=bpm_max, key=key, limit=limit, offset=offset
        )

    def status(self) -> Status:
        counts = self._queue.counts()
        return Status(
            version=version("dj-agent"),
            renderers=statuses(self.settings.workplace),
            device=self.settings.device,
            running=counts.get("running", 0),
            queued=counts.get("queued", 0),
            worker_alive=self._staff.present(),
            tracks=self.library.count(),
            library=str(self.library.folder),
            readable_folders=tuple(str(folder) for folder in self.library.readable_folders),
            free_bytes=shutil.disk_usage(self.settings.home).free,
            stems=_stems_sentence(self._stems_lack(), self._acestep().lacks.get("separate")),
        )

    def close(self) -> None:
        self._database.close()

    def _still_there(self, fingerprint: str) -> Job | None:
        job_id = self._queue.finished_twin(fingerprint)
        if job_id is None:
            return None
        job = self._queue.job(job_id)
        if job.picture and not self._pictures.has(job.picture):
            return None
        if job.set_made and not Path(job.set_made.mix).exists():
            return None
        return job if all(Path(track.path).exists() for track in job.tracks) else None

    def _performer(self, admitted: Admitted) -> tuple[str, str]:
        """Who will do it, and in which revision. Raises `Unsupported`, and whatever `choose`
        raises."""
        request = admitted.request
        if isinstance(request, RenderRequest):
            name = _whose(admitted, self.settings.renderer)
            chosen = choose(name, request, self.settings.workplace)
            return chosen.name, chosen.revision
        made_in = revision(_LISTEN)
        if isinstance(request, RenderSetRequest):
            return self._performer_of_set(request.plan, made_in)
        if isinstance(request, SeparateRequest):
            # Once a model is here, stems are other stems.
            if not self._stems_lack():
                made_in += MODELS["stems"].files[0].digest.hex
            if request.stems and "separate" not in self._acestep().lacks:
                made_in += self._acestep().revision
        return "listen", made_in

    def _performer_of_set(self, plan: SetPlan, heard_in: str) -> tuple[str, str]:
        from engine.sets.casting.making import first_made

        mixed_in = heard_in + revision(_SETS)
        first = first_made(plan)
        if first is None:
            return "mix", mixed_in
        chosen = choose(plan.renderer or self.settings.renderer, first, self.settings.workplace)
        return chosen.name, mixed_in + chosen.revision

    def _acestep(self) -> Capabilities:
        return acestep.capabilities(self.settings.workplace)

    def _stems_lack(self) -> str | None:
        return lacking(MODELS["stems"], self.settings.home)

    def _check_room(self, admitted: Admitted) -> None:
        expected = _expected_s(admitted) * _BYTES_PER_S
        free = shutil.disk_usage(self.settings.home).free
        if free < expected + _ROOM_BYTES:
            raise StorageFull(
                f"The library's disk has {free / 2**20:.0f} MB left and this needs about "
                f"{(expected + _ROOM_BYTES) / 2**20:.0f} MB; free some space or set DJ_HOME "
                "to another disk."
            )


def _whose(admitted: Admitted, renderer: str) -> str:
    """The renderer to choose from `renderer`: another take is for the one that made the first."""
    first = admitted.track if isinstance(admitted.request, GenerateRequest) else None
    if first is None or first.recipe is None:
        return renderer
    maker = first.recipe.made_by.renderer
    if renderer not in ("auto", maker):
        raise Unsupported(
            f"variation_of: the {maker} renderer made that take, and only it can make another; "
            f"DJ_RENDERER is set to {renderer}.",
            field="variation_of",
        )
    return maker


def _stems_sentence(separator: str | None, extractor: str | None) -> str:
    """How a mix is taken apart here, given what its two models lack."""
    split = "A neural separator finds drums, bass, vocals and the rest in any mix"
    if separator:
        split = f"Drums and bass by signal processing; for vocals, {separator}"
    if extractor:
        return f"{split}; for other parts, {extractor}."
    return f"{split}. Any other part that is named, ACE-Step makes anew after what it hears."


def _is_open(request: Request) -> bool:
    """Whether the request leaves it to chance what it makes."""
    return isinstance(request, RenderRequest) and request.seed is None


def _expected_s(admitted: Admitted) -> float:
    """About how many seconds of audio the request will add to the library."""
    length_s = admitted.track.duration_s if admitted.track else _USUAL_S
    match admitted.request:
        case GenerateRequest() as request:
            return (request.duration_s or length_s) * request.variations
        case AnalyzeRequest():
            return 0.0
        case SeparateRequest() as request:
            return length_s * max(4, len(request.stems))
        case ExtendRequest() as request:
            return length_s + request.seconds
        case RenderSetRequest() as request:
            return _TIMES_A_SET * sum(slot.duration_s or _USUAL_S for slot in request.plan.slots)
        case _:
            return length_s
