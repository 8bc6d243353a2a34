"""Sound in memory and in files: float32, shape [2, samples], at one rate."""

SAMPLE_RATE_HZ = 48_000
