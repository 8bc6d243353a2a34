"""Playing decks: a timeline laid out, mixed in blocks, mastered, and measured in its joins."""
