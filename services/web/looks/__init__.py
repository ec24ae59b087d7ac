"""Looks: templates, languages, times and static files; nothing here asks anybody."""
