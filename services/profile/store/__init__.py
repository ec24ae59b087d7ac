"""Profile's documents, and the indexes that guard them."""
