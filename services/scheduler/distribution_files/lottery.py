"""The lottery: the published tie rule of every distribution."""

import hashlib


def lottery(seed: int, student_id: str) -> bytes:
    """Students stand in the order of this number, drawn from the seed and their id."""
    return hashlib.blake2b(f"{seed}\n{student_id}".encode(), digest_size=16).digest()
