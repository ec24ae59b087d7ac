"""Visiting: one request of one person for a page, from cookie to answer; what goes wrong is shown here, once."""
