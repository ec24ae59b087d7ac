"""Community's documents: what is kept, under which keys, and the indexes that its questions use."""
