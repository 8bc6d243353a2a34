"""The music engine: typed requests in, tracks out.

    studio = Studio(Settings.read())
    job = studio.submit(checked(GenerateRequest, caption="warm deep house", duration_s=120))
    job = studio.wait(job.id, timeout_s=60)

Knows nothing about MCP, language models or terminals.
"""

from engine.errors import (
    AccessRefused,
    AudioUnreadable,
    Cancelled,
    InvalidRequest,
    NotFound,
    QueueFull,
    RenderFailed,
    StorageFull,
    StudioError,
    Unsupported,
)
from engine.keys import Key, parse_key
from engine.listen.readings import Analysis
from engine.requests import (
    AddPartsRequest,
    AnalyzeRequest,
    CoverRequest,
    ExtendRequest,
    GenerateRequest,
    RenderSetRequest,
    RepaintRequest,
    Request,
    SeparateRequest,
    checked,
)
from engine.results import (
    Job,
    LibraryPage,
    Made,
    Measured,
    PlannedSet,
    Problem,
    Recipe,
    RendererStatus,
    Section,
    SetMade,
    Status,
    Track,
)
from engine.sets.wishes import Wishes
from engine.settings import Settings
from engine.studio import Studio
from engine.text import clean, one_line

__all__ = [
    "AccessRefused", "AddPartsRequest", "Analysis", "AnalyzeRequest", "AudioUnreadable",
    "Cancelled", "CoverRequest", "ExtendRequest", "GenerateRequest", "InvalidRequest", "Job",
    "Key", "LibraryPage", "Made", "Measured", "NotFound", "PlannedSet", "Problem", "QueueFull",
    "Recipe", "RenderFailed", "RenderSetRequest", "RendererStatus", "RepaintRequest", "Request",
    "Section", "SeparateRequest", "SetMade", "Settings", "Status", "StorageFull", "Studio",
    "StudioError", "Track", "Unsupported", "Wishes", "checked", "clean", "one_line",
    "parse_key",
]  # fmt: skip
