"""Drafts of sets: how they are written, what is meant, and how what is wrong is put right."""
