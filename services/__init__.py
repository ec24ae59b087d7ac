"""The services of the town; they never import each other."""
