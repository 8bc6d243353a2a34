"""What version of the code made something: a hash of its source.

Nobody has to remember to raise a number: any change of a package may change the bytes it makes.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def revision(package: Path) -> str:
    """Twelve hex digits that change with any Python file under the folder."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
