"""Assets: what the static files are made of, at development time alone."""
