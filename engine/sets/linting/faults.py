"""What is wrong with a plan: one value for each thing, naming the slot, the field and the fix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """An error keeps a set from being what the plan says; a warning may be meant."""

    slot: int | None
    """From 1; None: the set as a whole."""
    field: str
    problem: str
    fix: str
    severity: Severity = "error"

    @property
    def text(self) -> str:
        """One sentence: `slot 3: bars: there are minutes as well; keep one of them.`"""
        where = "" if self.slot is None else f"slot {self.slot}: "
        return f"{where}{self.field}: {self.problem}; {self.fix}."
