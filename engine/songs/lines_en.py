"""English lines to sing: what is seen in a scene, and what happens between people.

Data only. Every line ends on a word of the rhyme table and stands by itself. Lines of a scene are
said of what is there, those of a story to somebody.
"""

from __future__ import annotations

from collections.abc import Mapping

SCENES: Mapping[str, str] = {
    "beach": """
The ferry pulls out of the bay
Gulls on the wire have plenty to say
Salt on the railing, the sky going grey
A paper map gone soft with sand
The tide erases where we stand
A shell is cooling in my hand
Wet rope is drying by the door
A lantern swings along the shore
The deckchairs fold for one year more
The lighthouse counts the hours of night
The last boat in is painted white
A window swims in harbour light""",
    "road": """
A tape is stuck in my brother's car
Bugs in the beam and a single star
The next town's never very far
The station fades, the fields run low
I count the poles for miles to go
A blue gas pump with a lonely glow
A motel blinks its crooked sign
The tank is low, the weather's fine
The map is torn along the line
Both of my hands are loose on the wheel
The highway smells of rain and steel
A diner pie is half a meal""",
    "city": """
A tram bell rings along the street
Steam from a grate is warming my feet
The bakery breathes its morning heat
A neighbour is singing through the wall
The pigeons argue in the hall
There's laundry dancing over it all
The late bus rattles halfway down
A paper bag flies over town
The river runs a tired brown
I've lost my change, I've kept my key
The barber waves across at me
The kiosk man makes mint and tea""",
    "rain": """
The gutters are counting out the rain
Your name is fog on the window pane
Wet coats are swaying on the train
Umbrellas open all around
The whole street shines up from the ground
And every drainpipe finds a sound
Two cups of tea behind the glass
We wait for the worst of it to pass
A worm goes swimming through the grass
It's dripping off the chestnut tree
The awning's wide enough for three
The clouds are low as low can be""",
    "night": """
There's one lit window left tonight
The crossing blinks its amber light
A cat goes by in grey and white
The kitchen clock says half past three
A fox is looking up at me
The moon is caught in the cherry tree
The street is folded up in sleep
The shadows in the yard are deep
The stairwell has its hush to keep
The windows opposite are blue
I've counted stars, I'm up to two
A late train passes, shining through""",
    "club": """
My jacket's lost on the cloakroom floor
The bass comes breathing through the door
The DJ gives us just one more
The mirror shakes with every beat
There's glitter sticking to my feet
The ceiling drips with all this heat
The strobe turns every shirt to white
Nobody's going home tonight
We're painted in a stripe of light
There's purple ink on the back of my hand
Nobody's asking to understand
We move the way the smoke had planned""",
    "desert": """
The wind is signing its name in sand
A rope runs wet through the old well's hand
There isn't a fence across this land
The dogs lie down away from the sun
The goats come home now, one by one
The mud is baked, the work is done
The hills at noon are beaten gold
The desert night comes quick and cold
A story's passed around, retold and old
We boil the tea beneath a star
A drum is talking, near and far
There's dust on the dash of a borrowed car""",
    "forest": """
There's moss on one side of the tree
A wren is scolding down at me
The river talks, I let it be
The needles hush the frozen ground
An axe somewhere, and then no sound
The path bends left and circles round
The cabin has a crooked door
There's amber on the forest floor
I've walked this ridge with you before
There's woodsmoke hanging in the air
A deer stands still as if in prayer
The stars are tangled everywhere""",
    "space": """
I water ferns on the way to a star
The static asks me where you are
I've never been away this far
My breakfast floats beside the moon
Mission control says, see you soon
I hum an old transistor tune
The earth is a marble, swirled with blue
A letter takes a week to get through
The porthole has a single view
A year goes by without a sound
My boots remember solid ground
The silver dishes turn around""",
    "winter": """
The postman whistles through the snow
The stove is lit, the lamps are low
The lake stopped moving a week ago
Your borrowed gloves against the cold
The candle turns the kitchen gold
The paper here is three days old
The roofs have all gone soft and white
It's four o'clock and close to night
The snowplough blinks its yellow light
My breath is writing in the air
Two pairs of skates hang off a chair
Somebody salted every stair""",
    "home": """
Your cardigan is on the chair
There's toast and coffee in the air
The cat has claimed the second stair
You whistle while you make the tea
The fridge still has that drawing of me
A postcard of a painted sea
There's pencil marks along the wall
The kettle mutters down the hall
The apples soften where they fall
The dishes wait another day
The dog walks in, he wants to play
The tap has got a lot to say""",
    "stage": """
There's dust on the floor and tape on the light
The bass drum coughs, my collar's tight
Confetti left from Friday night
A kid with a sign in the second row
Two minutes left until the show
The house lights count us in and go
The poster's torn across my name
The spotlight warms up like a flame
No two towns ever sound the same
The queue is half a city long
They hum an old unfinished song
A string just broke, the rest are strong""",
}

STORIES: Mapping[str, tuple[str, str, str]] = {
    "longing": (
        """
I keep your number in my phone
I've learned to cook for one alone
Your side of the shelf is all my own
I had a joke I wanted to say
You'd know the song they always play
I set out two cups yesterday
There's still a glove you left behind
Your coat's the last thing I could find
I've got your laugh inside my mind""",
        """
I turn around and you're not here
I'd trade it all to have you near
The same small song, another year
It's half a world to walk alone
Come walk the long way with me home
I've got a thing to let you know
I never learned to let it go""",
        """
And if the phone rings, is it you
I kept it all, the old and new
I wrote it down and got it right
I'll read it to you, late one night""",
    ),
    "leaving": (
        """
My bag is waiting by the door
That key won't turn here anymore
There's one pale square on the bedroom floor
I packed the blue coat and the black
I told the hallway I'd be back
There's one train out on the other track
I sold the bike and the dressing gown
I stacked the chairs and took pictures down
Somebody waved on the edge of town""",
        """
I'll be long gone by break of day
The bag gets lighter all the way
Keep my good chair and the old guitar
I'm only leaving, it's not that far
Wave from the window, let me go
There's someone else I need to know""",
        """
I was a kid in this house, right here
It never looked so small and clear
I'm not afraid, I'm just on a train
Maybe I'll even miss the rain""",
    ),
    "together": (
        """
You stole the blanket off of me
You sing it flat and out of key
We've got one cup between us three
You draw a window on my hand
You laugh at things I hadn't planned
We can't keep time, we're our own band
You've got the summer in your hair
I found your ticket on the stair
You halve the orange, fair and square""",
        """
Your crooked shadow next to mine
Stay for the dishes and the wine
You hum and I pick up the line
I'd take the long road anyway
You didn't ask, I meant to stay
Leave all your questions for tonight
Hold still, you've caught the kitchen light""",
        """
And when the both of us are old
We'll burn the chairs to beat the cold
I was so sure, and I was so wrong
You stood there humming all along""",
    ),
    "joy": (
        """
My shoes are tied but not my feet
The neighbours joined in off the street
The drummer's up on the driver's seat
Your uncle's dancing in the hall
We hung the lanterns on the wall
We are too many, bring them all
The sky has never been so blue
I wore the shirt with parrots, too
There's cake for ten and we are two""",
        """
Turn up whatever makes that sound
Both of my feet are off the ground
Pass what is left of the lemons round
Open a window, open a door
Whatever it was, I want some more
Come in, come in now, everyone
We've got until the morning sun""",
        """
One breath, hands up, we take it slow
Wait for it, wait for it, here we go
I want to keep it just this way
I'll wear the ribbon from today""",
    ),
    "wonder": (
        """
A kettle sings its two-note song
The afternoon is wide and long
I've nowhere that I don't belong
The cat is practising her sleep
I've got no promises to keep
The pond is green and not so deep
A bee walks up the window glass
I watch a slow white aeroplane pass
The light lies down across the grass""",
        """
Breathe in, the world is turning slow
There isn't any place to go
The day is wide, the day is clear
It's quiet and I'm glad I'm here
I haven't a single thing to do
Look how the morning's coming through""",
        """
I had a worry on my mind
I left it on the wall behind
It was so tall and is so small
Maybe it wasn't there at all""",
    ),
    "defiance": (
        """
You spelled it wrong, you know my name
You moved the line and called it a game
I read the small print, it's all the same
You put a lock on an open door
I've heard that speech from you before
I'm done with sweeping up your floor
You took the roof, I want it back
My boots are wet, my paint is black
There's daylight coming through the crack""",
        """
You won't get silence, you'll get sound
I will not turn this car around
Shake all the windows in this town
Go on and write my answer down
We've got all day and half the night
I didn't come to be polite""",
        """
I said it kindly, I said it slow
I said it enough now, so you know
I'm not as small as I was told
I'm not for rent, I won't be sold""",
    ),
}
"""By story: lines of verses, of choruses and of bridges."""
