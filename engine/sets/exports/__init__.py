"""What other software reads of a set: playlists, a cue sheet, DJ libraries, and all of it as JSON.

Each format is a module that turns `contents.Contents`, which all of them have in common, into
text. Knows no audio.
"""

from engine.sets.exports.contents import chapters
from engine.sets.exports.locations import relocate
from engine.sets.exports.writing import write_exports

__all__ = ["chapters", "relocate", "write_exports"]
