"""Everything that can go wrong in the studio, as types.

    StudioError
    ├── InvalidRequest      a value is wrong or values don't go together
    ├── NotFound            no such track or job
    ├── AccessRefused       a path outside the folders that may be read
    ├── AudioUnreadable     not audio, too long, too large, or damaged
    ├── Unsupported         this renderer or checkpoint can't do the task
    ├── QueueFull           too many jobs are waiting
    ├── StorageFull         the disk has no room for the result
    ├── DownloadFailed      a model's file can't be had, or isn't what it should be
    ├── ModelUnusable       a model isn't here, or its files are damaged or don't fit it
    ├── OutOfMemory         what was asked for doesn't fit into this machine's memory
    ├── RenderFailed        a job died: a crash, or an error in a renderer
    └── Cancelled           somebody asked the job to stop

Every error is one sentence that names the field, if there is one, and the fix. Errors cross the
process border as a `Problem` (see `engine.results`) and come back as the same type.
"""

from __future__ import annotations


class StudioError(Exception):
    """Base of all errors that the engine raises on purpose.

    `message` is one sentence for a person or a model: what is wrong, and what to do about it.
    `field` is the request's field that caused it, if one did.
    """

    code = "studio_error"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidRequest(StudioError):
    code = "invalid_request"


class NotFound(StudioError):
    code = "not_found"


class AccessRefused(StudioError):
    code = "access_refused"


class AudioUnreadable(StudioError):
    code = "audio_unreadable"


class Unsupported(StudioError):
    code = "unsupported"


class QueueFull(StudioError):
    code = "queue_full"


class StorageFull(StudioError):
    code = "storage_full"


class DownloadFailed(StudioError):
    code = "download_failed"


class ModelUnusable(StudioError):
    code = "model_unusable"


class OutOfMemory(StudioError):
    code = "out_of_memory"


class RenderFailed(StudioError):
    code = "render_failed"


class Cancelled(StudioError):
    code = "cancelled"


BY_CODE: dict[str, type[StudioError]] = {
    error.code: error
    for error in (
        InvalidRequest,
        NotFound,
        AccessRefused,
        AudioUnreadable,
        Unsupported,
        QueueFull,
        StorageFull,
        DownloadFailed,
        ModelUnusable,
        OutOfMemory,
        RenderFailed,
        Cancelled,
    )
}
