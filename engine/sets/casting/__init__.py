"""Casting: slots become requests, requests tracks, and tracks decks that fit."""
