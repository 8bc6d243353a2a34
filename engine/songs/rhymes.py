"""Which words rhyme, by language. Data only, and the look-up of a word's family.

A family is what songs take for a rhyme, near ones included (home, alone); a word stands in one
family only.
"""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = """
night light bright sight tonight right white flight fight tight polite height bite quite kite
day way stay away say today play grey gray bay clay okay yesterday anyway may sunday holiday
rain train again pane chain lane plane explain grain spain pain refrain
home alone phone stone bone known own grown blown zone chrome foam roam tone gnome
snow go know slow low glow ago below show radio row though hello mexico tokyo echo
sound ground around found round bound underground
town down brown crown drown gown clown
fire wire higher choir tire desire liar
air stair there where hair chair care anywhere somewhere share square prayer bear everywhere
car star far bar guitar are scar jar
door floor shore more before anymore store roar four war
sea me be free key tree see three knee tea bee memory disagree
street feet heat beat sweet meet repeat seat sheet complete
heart apart start part art cart
hand sand land stand band understand planned island
line shine mine sign wine fine spine
time rhyme climb crime lime
cold gold hold old told sold fold
you blue through new true two too view do knew shoe who
moon soon june tune afternoon balloon spoon
feel wheel real steel meal deal
glass pass grass class
last past fast cast
wall fall call hall small all tall football ball
song long strong along wrong belong
sleep deep keep sheep asleep
place face space race trace grace
mind find behind blind kind
head bed red bread said ahead thread dead
lake awake break wake make mistake cake
name flame same game came frame
late wait gate plate eight
skin spin begin win in thin within
love above dove glove
sing ring spring king wing string thing everything
year near here clear hear dear beer fear
west rest best chest nest guest
bell tell well shell farewell smell
good wood could stood understood neighbourhood neighborhood hood
room bloom broom gloom
back track black crack jack shack
sun run done begun one everyone won fun son
goes rose close nose those
fog dog log
cat that hat flat
green queen machine seen between screen
dream stream steam cream
life wife knife
most coast ghost toast
hours flowers ours towers
summer drummer
morning warning
city pretty pity
remember december november september ember
river shiver
mother brother another
together weather feather
sky fly high goodbye eye why cry july lullaby by
hill still chill until
note boat coat float throat
"""

_GERMAN = """
nacht lacht aufgemacht abgemacht davongemacht gelacht gebracht mitgebracht februarnacht acht
@ gemacht gedacht wacht sacht macht
licht nicht gesicht spricht bricht gedicht dicht vielleicht
zeit weit breit bereit kleid schneit seit schreit dunkelheit
haus aus raus maus hinaus strauß
meer mehr hinterher sehr her leer wer schwer vorher
wind gegenwind sind kind beginnt rinnt
stadt platt hat satt blatt statt
regen wegen segen legen gegen bewegen entgegen
tür dafür hier wir mir dir klavier bier papier
wand nachbarland hand sand land stand verstand strand rand band
mut gut hut glut flut blut
stein rein herein hinein lampenschein allein sein ein mein wein klein schein dein
zug genug flug klug krug
straße glase gase nase
tag mag lag schlag vertrag
schnee see tee geh steh weh fee
glück zurück stück blick brücke
mund hund grund rund und stund
baum raum traum kaum saum
weg steg beleg
lied zieht flieht sieht geschieht
wagen weitertragen sagen tragen fragen tagen magen
gehen sehen stehen drehen verstehen
dach nach wach krach bach
ton schon davon telefon balkon
bleiben schreiben treiben reiben scheiben
morgen sorgen borgen verborgen
herz schmerz märz scherz
leben eben geben schweben daneben beben
"""


def _families(table: str) -> Mapping[str, str]:
    """Every word to the first word of its line, which names the family; `@` goes on with one."""
    rows = table.replace("\n@", "").strip().splitlines()
    return {word: row.split()[0] for row in rows for word in row.split()}


RHYMES: Mapping[str, Mapping[str, str]] = {"en": _families(_ENGLISH), "de": _families(_GERMAN)}


def last_word(line: str) -> str:
    """The word that a line rhymes on, in lower case without what surrounds it."""
    words = [word.strip(".,;:!?…()\"“”'’-–—") for word in line.lower().split()]
    return next((word for word in reversed(words) if word), "")


def family(line: str, language: str) -> str:
    """The rhyme of a line; empty if the table doesn't know its last word."""
    return RHYMES.get(language, {}).get(last_word(line), "")
