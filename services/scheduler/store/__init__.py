"""The scheduler's documents: what is kept, under which keys, and the indexes that guard races."""
