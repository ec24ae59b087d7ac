"""Asking: the gateway's public API, as one person may use it, with what it refuses as values."""
