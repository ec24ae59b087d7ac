"""Locale: what the pages say in each language, and the tool that keeps it complete."""
