"""The questions the scheduler answers, one file each, with the projections that feed them."""
