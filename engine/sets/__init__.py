"""Sets: planned, checked, filled in, made, mixed, measured and handed over."""
