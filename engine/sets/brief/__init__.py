"""Words to a plan, without a language model."""

from __future__ import annotations

from engine.sets.brief.briefed import Briefed, plan_from_brief
from engine.sets.brief.energy_words import with_energy
from engine.sets.brief.redirecting import redirect

__all__ = ["Briefed", "plan_from_brief", "redirect", "with_energy"]
