"""The rules that `engine.sets.lint` holds plans to: within a slot, between two, and for a set."""
