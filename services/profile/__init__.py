"""Profile: who people are, where they are going, and how far they have come; the one place that keeps names."""
