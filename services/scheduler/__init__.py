"""The scheduler: time, space, offers and the places that students have in them."""
