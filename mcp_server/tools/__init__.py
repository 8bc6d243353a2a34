"""The tools, in the order in which clients list them."""

from __future__ import annotations

from mcp_server.tool import AnyTool
from mcp_server.tools.create import GENERATE_MUSIC
from mcp_server.tools.jobs import CANCEL_JOB, GET_JOB
from mcp_server.tools.library import SEARCH_LIBRARY, STUDIO_STATUS
from mcp_server.tools.listen import ANALYZE_TRACK, SEPARATE_STEMS
from mcp_server.tools.reshape import ADD_PARTS, COVER_TRACK, EXTEND_TRACK, REPAINT_SECTION
from mcp_server.tools.sets import PLAN_SET, RENDER_SET
from mcp_server.tools.songs import WRITE_SONG

TOOLS: tuple[AnyTool, ...] = (
    GENERATE_MUSIC,
    COVER_TRACK,
    REPAINT_SECTION,
    EXTEND_TRACK,
    ADD_PARTS,
    SEPARATE_STEMS,
    ANALYZE_TRACK,
    GET_JOB,
    CANCEL_JOB,
    SEARCH_LIBRARY,
    STUDIO_STATUS,
    PLAN_SET,
    RENDER_SET,
    WRITE_SONG,
)
