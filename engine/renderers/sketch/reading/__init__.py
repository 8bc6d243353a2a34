"""What was asked: captions and lyrics turned into a brief and stanzas."""
