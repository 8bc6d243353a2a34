"""The synthesiser of the sketch renderer: from one note to its sound.

`tones` plays pitched notes, `kits` hits drums and makes effects, and `waves` holds the raw sound
that both are built of. Nothing here knows the piece: where a note lies, how loud its part is or
what room it stands in is the mixdown's business.
"""
