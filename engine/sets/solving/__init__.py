"""Filling a plan in: order, energy, tempos, keys, lengths and transitions, without any audio."""
