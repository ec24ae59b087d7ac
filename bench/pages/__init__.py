"""Pages beside their bare answers: what a page costs more than the JSON that it is made of, and how much it weighs."""
