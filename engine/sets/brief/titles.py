"""Titles: a little scene each, drawn from what the set is about, none twice in a set.

Knows words and patterns. The same name and count give the same titles.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping

from engine.sets.brief.course import Course
from engine.sets.brief.genres import GENRES
from engine.sets.brief.phases import Wanted

_SCENES: Mapping[str, tuple[str, str, str]] = {
    "beach": (
        "salt, linen, driftwood, lanterns, oars, shutters, lemons, ropes, pebbles, sandals, "
        "awnings, "
        "gulls, hammocks, tide, ferry, terrace, harbour, sails, deckchairs, peaches",
        "golden, barefoot, windblown, sunlit, faded, slow, tidal, amber, bleached, drowsy",
        "the pier, the long jetty, the north beach, the lighthouse, the bay, the old harbour",
    ),
    "club": (
        "smoke, sweat, glass, mirrors, coats, keys, cables, lasers, doors, stairs, footprints, "
        "bulbs, "
        "echoes, chrome, velvet, elbows, lockers, signals, ceilings, rope",
        "red, low, loud, humid, blinking, restless, electric, borrowed, blue, double",
        "the back room, the cloakroom, the second floor, the loading dock, the bar, the booth",
    ),
    "night": (
        "headlights, windows, moths, shadows, rooftops, matches, curtains, foxes, cinders, phones, "
        "dials, antennas, owls, embers, corridors, clocks, silhouettes, sparks, lamps, keys",
        "late, quiet, unlit, distant, blue, sleepless, hushed, hollow, violet, second",
        "the overpass, the ring road, the tower, the all-night garage, platform nine, the roof",
    ),
    "city": (
        "buses, pigeons, kiosks, bricks, scaffolds, newspapers, umbrellas, trams, neon, bridges, "
        "courtyards, chalk, antennas, corners, sirens, laundry, coins, receipts, taxis, railings",
        "crooked, narrow, painted, borrowed, concrete, crowded, early, dusty, corner, lucky",
        "the market, the underpass, Lockside, the viaduct, Station Road, the flea market",
    ),
    "rain": (
        "puddles, gutters, umbrellas, windows, steam, drains, tin, ink, wipers, fog, raincoats, "
        "galoshes, ponds, reeds, slate, moss, teapots, reflections, lamps, awnings",
        "grey, soaked, silver, patient, blurred, low, drifting, pewter, soft, late",
        "the tram stop, the canal, the arcade, the greenhouse, the bus shelter, the weir",
    ),
    "road": (
        "headlights, maps, motels, mile markers, cassettes, dust, petrol, mirrors, diners, "
        "billboards, "
        "tyres, antennas, horizons, hitchhikers, gloveboxes, coyotes, exits, engines, keys, pylons",
        "long, chrome, sunburnt, endless, rusted, neon, fast, empty, western, second-hand",
        "exit nine, the state line, the filling station, the diner, the salt flats, Route 6",
    ),
    "desert": (
        "dust, dunes, cisterns, kites, drums, caravans, figs, shade, wells, beads, clay, falcons, "
        "tents, copper, baskets, thorns, mirages, camels, saffron, ashes",
        "red, dry, burning, wide, ochre, ancient, shimmering, bright, open, warm",
        "the well, the old road, the plateau, the gate, the night market, the oasis",
    ),
    "forest": (
        "ferns, moss, antlers, lichen, embers, pinecones, streams, owls, roots, foxgloves, bark, "
        "lanterns, mushrooms, nettles, birches, wrens, acorns, smoke, paths, bells",
        "green, hidden, mossy, early, crooked, whispering, wild, dappled, old, northern",
        "the clearing, the mill, the ford, the far hill, the hollow, the treeline",
    ),
    "space": (
        "orbits, satellites, dust, comets, antennas, signals, moons, static, tides, lenses, "
        "airlocks, "
        "craters, halos, probes, dishes, meteors, auroras, pulsars, shadows, gravity",
        "weightless, distant, silent, pale, magnetic, slow, luminous, outer, invisible, drifting",
        "the far side, Ganymede, the observatory, the dish, low orbit, the airlock",
    ),
    "winter": (
        "frost, lanterns, sleds, mittens, chimneys, icicles, crows, candles, harbours, blankets, "
        "soot, antlers, skates, wool, sparks, fjords, lighthouse keepers, snowploughs, tea, stoves",
        "white, silent, blue, northern, frozen, pale, bright, long, brittle, glass",
        "the pass, the frozen lake, the station, the pier, the hut, Tromsø",
    ),
    "home": (
        "teacups, slippers, radiators, houseplants, cardigans, postcards, records, curtains, "
        "crumbs, "
        "pencils, blankets, kettles, cats, bookmarks, windowsills, toast, lamps, letters, "
        "marmalade, keys",
        "slow, soft, sunday, warm, half-read, spare, sleepy, buttered, folded, gentle",
        "the kitchen, the windowsill, number forty, the attic, the garden, the corner shop",
    ),
    "stage": (
        "sequins, confetti, spotlights, curtains, posters, sparklers, mirrors, tickets, crowns, "
        "fireworks, ribbons, banners, heartbeats, microphones, encores, flowers, roses, balloons, "
        "letters, stars",
        "bright, silver, glittering, brave, reckless, sweet, neon, golden, loud, brand-new",
        "the front row, the arena, the fairground, the big wheel, the balcony, the dressing room",
    ),
}  # fmt: skip
_HOURS = ("Dawn", "Noon", "Four", "Five Past Two", "Midnight", "Half Past Ten", "Tea Time", "Dusk",
          "a Quarter to Six", "Closing Time")  # fmt: skip
_PATTERNS = (
    "{Adj} {Noun}", "{Noun} and {Other}", "{Noun} at {Hour}", "Last {Noun} to {Place}",
    "{Noun} under {Place}", "No {Noun} Before {Hour}", "{Adj} {Noun}, {Adj2} {Other}",
    "Half of the {Noun}", "What the {Noun} Said", "{Noun} for {Other}", "Somewhere Past {Place}",
    "All the {Adj} {Noun}", "{Hour} at {Place}", "Count the {Noun}", "Meet Me by {Place}",
    "{Noun}, Mostly", "A Map of {Place}", "The {Adj} Hour",
)  # fmt: skip
_PATTERN_STEP = 7
"""Patterns are taken this far apart, which brings each once before any comes again."""
_TRIES = 40
_LONGEST = 40


def titles(scenes: list[str], name: str, taken: Collection[str] = ()) -> tuple[str, ...]:
    """A title for each of these scenes, all different and none of those `taken`."""
    drawn: list[str] = []
    seen = {title.casefold() for title in taken}
    recent: list[str] = []
    first = random.Random(name).randrange(len(_PATTERNS))
    for number, scene in enumerate(scenes):
        for attempt in range(_TRIES):
            dice = random.Random(f"{name}\0{number}\0{attempt}")
            title, used = _draw(dice, scene, first + number)
            fresh = attempt >= _TRIES // 2 or not set(used) & set(recent)
            if title.casefold() not in seen and fresh:
                break
        while title.casefold() in seen:
            title = f"{title} Again"
        seen.add(title.casefold())
        drawn.append(title)
        recent = [*recent, *used][-24:]
    return tuple(drawn)


def set_title(wanted: Wanted, course: Course | None, name: str) -> str:
    """A title for the whole set: its imagery if it has any, else where it goes."""
    phrases = [mood for mood in wanted.everywhere.moods if " " in mood and len(mood) <= _LONGEST]
    if phrases:
        return _capital(phrases[0])
    genres = list(dict.fromkeys(course.genres)) if course else []
    if len(genres) > 1:
        return f"{_capital(genres[0])} to {_capital(genres[-1])}"
    scene = GENRES[genres[0]].scene if genres else "night"
    title = titles([scene], f"set\0{name}")[0]
    return f"{_capital(genres[0])}: {title}" if genres else title


def _draw(dice: random.Random, scene: str, place: int) -> tuple[str, tuple[str, ...]]:
    nouns, adjectives, places = (
        [word.strip() for word in words.split(",")]
        for words in _SCENES.get(scene, _SCENES["night"])
    )
    pattern = _PATTERNS[place * _PATTERN_STEP % len(_PATTERNS)]
    noun, other = dice.sample(nouns, 2)
    adjective, second = dice.sample(adjectives, 2)
    where = dice.choice(places)
    title = pattern.format(
        Noun=_capital(noun), Other=_capital(other), Adj=_capital(adjective),
        Adj2=_capital(second), Place=_capital(where), Hour=dice.choice(_HOURS),
    )  # fmt: skip
    used = tuple(word for word in (noun, other, adjective) if _capital(word) in title)
    return title[0].upper() + title[1:], used or (where,)


def _capital(words: str) -> str:
    """As in a title, articles small."""
    return " ".join(
        word
        if word in ("a", "the", "of", "and", "at", "on", "in", "to")
        else word[0].upper() + word[1:]
        for word in words.split()
    )
