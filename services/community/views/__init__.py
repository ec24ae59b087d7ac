"""The questions community answers, one file each, with the projections that feed them."""
