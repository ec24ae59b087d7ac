"""Reads: what a week, openings and a roll cost beside the bare query, in a small and in a large district."""
