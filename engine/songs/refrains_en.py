"""English lines that an idea's own words go into, and those that answer them.

Data only. `{it}` is where a phrase of the idea goes.
"""

from __future__ import annotations

from collections.abc import Mapping

IMAGES = """
I dreamed about {it} last night
I thought I saw {it} from the train
I pinned up {it} on the wall
I've still got {it} on my mind
I thought about {it} all day
You talked about {it} to me
I painted {it} on the door
I swear I saw {it} over there
I looked for {it} all over town
We sang about {it}, soft and low
You drew me {it} in the sand
I told the driver about {it}, too"""
"""Lines that hold an image."""

ANSWERS = """
Leave a lamp in the window tonight
I know the song, I know the way
Sing it over, sing it again
Every road I know leads home
There's a little more you ought to know
I could be lost, I could be found
You can hear it halfway across town
Hang it up high on the telephone wire
Tell me you know it, tell me you're there
I would know it from near or far
Play me the part from right before
Hold on to that and save it for me
I know the words, I'm on my feet
I know the words, I know them by heart
Nobody else would understand
Half of it's yours and half of it's mine
I could be late, I could take my time
That is enough for two hands to hold
I never told a soul but you
Nobody's going to sleep too soon
I haven't a name for how I feel
Raise whatever is left in your glass
It came so slow and it went so fast
I can hear it through the wall
I've been humming it all along
That's the one thing I mean to keep
I'd know it again in any place
It's never too far from my mind
It's going around inside my head
It's the reason I'm still awake
I can't say it without your name
I would stand in the snow and wait
I feel it right under the skin
You can hear it from up above
It's the only song I sing
You'd know what I mean if you were here
It's what I remember best
I've got a story I can tell
I would say it if I could
It's the loudest thing in the room
I would give it all to have it back
That's how the whole thing was begun
That's as far as the story goes
Out with a lamp and a patient dog
Somewhere deep in the morning fog
What could be better than that
Best thing that anyone's ever seen
I'm wide awake, it's no kind of dream
That's about the size of my life
It's what I think about the most
I could go on about it for hours
Somebody wake up the drummer
It came along without a warning
Even in the dark it's pretty
That's the part that I remember
It's enough to make you shiver
There will never be another
We'll go through it all together
I don't ask how and I don't ask why
I can see it from here still
I've been holding the same long note"""
"""A line for every rhyme, to answer a refrain whatever it is about."""

REFRAINS: Mapping[str, tuple[str, ...]] = {
    "longing": ("Take me back to {it}", "I keep on dreaming of {it}"),
    "leaving": ("One last look at {it}", "I'll send my love to {it}"),
    "together": ("Only you and {it}", "You and me and {it}"),
    "joy": ("Everybody sing for {it}", "Here's to you and {it}"),
    "wonder": ("Give me time and {it}", "Quiet now, it's only {it}"),
    "defiance": ("This one goes out to {it}", "I won't shut up about {it}"),
}
DOING_REFRAINS: Mapping[str, tuple[str, ...]] = {
    "longing": ("Every night I'm {it}", "I'm still {it}"),
    "leaving": ("Tonight I'm {it}", "This time I'm {it}"),
    "together": ("You and me, we're {it}", "Look at us, we're {it}"),
    "joy": ("Everybody's {it}", "You and me, we're {it}"),
    "wonder": ("I could spend my life {it}", "All day long I'm {it}"),
    "defiance": ("Watch me now, I'm {it}", "I don't care, I'm {it}"),
}
"""For what somebody does: dancing in the rain."""

PLACED_REFRAINS: Mapping[str, tuple[str, ...]] = {
    "together": ("Meet me at {it}", "We were dancing at {it}"),
    "longing": ("Meet me at {it}", "I'll be waiting at {it}"),
    "joy": ("Meet me at {it}", "Everyone's at {it}"),
}
"""For ideas that are a place, in stories that go there."""

HOOKS: Mapping[str, str] = {
    "beach": "Come down to the water | Leave the boat lights on | Half the summer left",
    "road": "Drive till the map runs out | Seven hundred miles of you | Leave the engine running",
    "city": "Meet me on Station Road | Every window is a stage | This town talks in its sleep",
    "rain": "Let it come down, let it come down | Lend me half of your umbrella | Sing it to "
            "the gutters",
    "night": "Stay up, stay up with me | Nobody knows we're awake | One light left in the house",
    "club": "Don't let the needle lift | Closer to the speaker | Hold the night by its sleeve",
    "desert": "Follow the drum over the hill | Save me some water, save me some shade | Walk when "
              "it's cool, walk by the stars",
    "forest": "Follow the river uphill | Quiet as a fox goes | Under the oldest tree",
    "space": "Turn the ship around | Can you hear me down there | Ground control, I'm fine",
    "winter": "Keep the fire going | First snow of the year | Walk me over the frozen lake",
    "home": "There's always a light in the hall | Put the kettle on, I'm coming | Sunday, stay a "
            "little longer",
    "stage": "Sing it from the back row | Three chords and a borrowed coat | One more before the "
             "lights",
}  # fmt: skip
"""Refrains for ideas that name nothing to sing about."""
