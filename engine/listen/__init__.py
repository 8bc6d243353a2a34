"""Listening: what a piece of audio says about itself, heard from its samples alone.

Nothing is imported here, so that asking for one kind of listening loads only that one.
"""
