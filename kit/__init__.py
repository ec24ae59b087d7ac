"""The shared tools: each hard thing solved once; no word of school in here."""
