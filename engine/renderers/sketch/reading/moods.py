"""Moods: what an adjective does to the music. Data, and the sum of several.

Every value is a push between -1 and 1 on something the composer decides anyway, so moods colour a
style and never replace it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.keys import Mode


@dataclass(frozen=True, slots=True)
class Mood:
    """Pushes on tempo (within the style's range), brightness, energy, density, space and warmth;
    `mode` where the mood implies one, `noise` for vinyl crackle. `lean` pushes on the energy too,
    as long as no other mood says anything of it."""

    mode: Mode | None = None
    tempo: float = 0.0
    bright: float = 0.0
    energy: float = 0.0
    lean: float = 0.0
    density: float = 0.0
    space: float = 0.0
    warmth: float = 0.0
    noise: float = 0.0


_FAMILIES: tuple[tuple[Mood, str], ...] = (
    (Mood("minor", bright=-0.6, space=0.1),
     "dark darker gloomy brooding sinister ominous shadowy nocturnal noir evil gothic moody"),
    (Mood("minor", tempo=-0.2, bright=-0.3, lean=-0.1, space=0.2),
     "night nighttime midnight late_night rainy foggy autumn winter cold icy"),
    (Mood("minor", tempo=-0.5, bright=-0.3, lean=-0.3, density=-0.2),
     "sad melancholic melancholy sorrowful heartbroken lonely somber sombre mournful tearful "
     "bittersweet wistful depressed"),
    (Mood("minor", bright=-0.1, lean=0.1, space=0.3),
     "mysterious haunting eerie tense suspenseful spooky creepy"),
    (Mood("major", tempo=0.3, bright=0.5, lean=0.3),
     "happy cheerful joyful joyous sunny fun playful bouncy feelgood feel_good carefree upbeat "
     "optimistic smiling summery summer tropical beach beachy"),
    (Mood(bright=0.4, lean=0.4, space=0.2), "uplifting euphoric triumphant hopeful inspiring"),
    (Mood(tempo=0.4, bright=0.2, energy=0.45, density=0.2),
     "energetic driving powerful pumping lively"),
    (Mood(tempo=0.5, bright=0.3, energy=0.7, density=0.3),
     "intense hard heavy explosive banging peak peak_time high_energy festival workout massive"),
    (Mood("minor", tempo=0.4, bright=0.3, energy=0.8, density=0.2, warmth=0.4),
     "aggressive angry furious brutal fierce raging menacing"),
    (Mood(tempo=-0.5, bright=-0.3, energy=-0.7, density=-0.4, space=0.1),
     "calm chill chilled relaxed relaxing peaceful soothing tranquil serene quiet sleepy lazy "
     "meditative study soft lullaby low_energy"),
    (Mood(tempo=-0.3, bright=-0.2, energy=-0.5, density=-0.2, space=0.1),
     "mellow easy gentle tender delicate intimate laid_back laidback restrained"),
    (Mood(energy=-0.2), "moderate medium_energy"),
    (Mood(bright=-0.1, lean=-0.2, space=0.7),
     "dreamy ethereal atmospheric spacey spacious floating airy celestial cosmic hazy misty "
     "underwater reverb echo echoing cavernous"),
    (Mood(bright=-0.2, warmth=0.5), "warm cozy cosy smooth velvet golden sunset organic analog"),
    (Mood(warmth=0.4, noise=0.15), "nostalgic vintage retro old_school oldschool classic 80s 90s"),
    (Mood(bright=-0.2, warmth=0.6, noise=0.5), "dusty vinyl crackle tape cassette crackly"),
    (Mood(bright=0.7), "bright brighter brilliant shiny crisp sparkling glittering crystalline"),
    (Mood(bright=-0.7), "muffled filtered muted dull subdued"),
    (Mood(lean=0.3, warmth=0.7), "gritty dirty distorted raw grimy crunchy saturated fuzzy"),
    (Mood(energy=-0.1, density=-0.8),
     "minimal minimalist minimalistic sparse stripped stripped_down bare simple hypnotic"),
    (Mood(density=0.7), "dense busy lush rich complex layered intricate"),
    (Mood(bright=0.2, lean=0.4, density=0.3, space=0.5),
     "epic cinematic anthemic huge grand majestic dramatic soaring stadium heroic"),
    (Mood(energy=0.2, density=0.3), "groovy funky danceable bouncing sassy rhythmic swinging"),
    (Mood(tempo=-0.2, lean=-0.2, warmth=0.3), "romantic sensual sexy sultry loving soulful"),
    (Mood(bright=0.1, lean=0.2, space=0.3), "emotional passionate heartfelt emotive deep"),
    (Mood(space=-0.7), "dry close tight"),
    (Mood(bright=0.2, lean=-0.2, space=0.2), "morning dawn sunrise spring fresh"),
)  # fmt: skip

MOODS: Mapping[str, Mood] = {
    word.replace("_", " "): mood for mood, words in _FAMILIES for word in words.split()
}


def blend(moods: Iterable[Mood]) -> Mood:
    """All pushes together, each kept within -1 and 1; the first mood with a mode decides it."""
    moods = tuple(moods)

    def total(push: str) -> float:
        return max(-1.0, min(1.0, sum(getattr(mood, push) for mood in moods)))

    return Mood(
        mode=next((mood.mode for mood in moods if mood.mode), None),
        tempo=total("tempo"),
        bright=total("bright"),
        energy=total("energy" if any(mood.energy for mood in moods) else "lean"),
        density=total("density"),
        space=total("space"),
        warmth=total("warmth"),
        noise=total("noise"),
    )
