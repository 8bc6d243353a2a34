"""Reshaping: covers, repainted windows, extensions and added parts.

    Source → Original (own or heard) → new notes in its time, key and form → audio

A track of this very sketch is composed again from its recipe, so every note of it is known. Of
anything else there is only what is heard in it. From there on both are the same: a clock that
says when beats fall, a form, chords bar by bar, and the notes that may be kept.
"""
