"""The tools, in the order in which clients list them."""

from __future__ import annotations

from mcp_server.tool import AnyTool
from mcp_server.tools.create import GENERATE_MUSIC
from mcp_server.tools.jobs import CANCEL_JOB, GET_JOB
from mcp_server.tools.library import SEARCH_LIBRARY, STUDIO_STATUS

TOOLS: tuple[AnyTool, ...] = (GENERATE_MUSIC, GET_JOB, CANCEL_JOB, SEARCH_LIBRARY, STUDIO_STATUS)
