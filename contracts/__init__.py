"""What the services promise each other: facts, topics and the documents made from them."""
