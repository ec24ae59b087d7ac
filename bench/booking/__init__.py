"""Booking under contention: ways to book a seat, measured side by side."""
