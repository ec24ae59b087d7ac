"""The rules of projects, partners, hours and reflections; pure."""
