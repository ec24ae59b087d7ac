"""How the town is put up: on one machine, in containers, and what watches over it."""
