"""The sounds themselves: tables of instruments, one module per family.

Gains are measured, not guessed: they bring a mezzo-forte chord (a single note for basses) of every
patch to the same K-weighted loudness. A test measures them again.
"""
