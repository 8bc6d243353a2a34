"""What connections to providers share."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def certificates() -> ssl.SSLContext:
    """Whom to trust. Reading that takes longer than asking a question, so it is read once."""
    return httpx2.create_ssl_context()
