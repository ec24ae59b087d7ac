"""The demo: a school day in nine steps, played through the public API alone, each step checked as it is told."""
