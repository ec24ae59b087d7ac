"""Limits: how much of anything a roster may hold before it is refused unread."""

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one roster set. Sizes are in bytes, text lengths in characters.

    The defaults hold a district of 100,000 learners with its gradebook many times over. Rows are read one at a time,
    so these guard time and disc, not memory; `longest_line` and `lines_per_record` guard memory.
    """

    rows_per_file: int = 5_000_000
    member_bytes: int = 4096 * _MIB
    total_bytes: int = 8192 * _MIB
    # Plain rosters shrink to a tenth or a thirtieth; nothing but a bomb goes beyond a hundredth.
    ratio: int = 100
    # Below this size a high ratio is only a short file of blanks.
    ratio_from_bytes: int = 8 * _MIB
    members: int = 64
    directory_bytes: int = 64 * 1024
    manifest_bytes: int = 64 * 1024
    longest_line: int = 256 * 1024
    lines_per_record: int = 1000
