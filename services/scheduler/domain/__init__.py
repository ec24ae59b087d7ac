"""The scheduler's rules: pure, and the same wherever they run."""
