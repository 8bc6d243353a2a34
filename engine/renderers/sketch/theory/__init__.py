"""Music without a piece: steps and bars, scales and chords, motifs, seeded choice."""
