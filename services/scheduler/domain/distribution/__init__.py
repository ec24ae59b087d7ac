"""The distribution engine: ranked choices in, placements out, near the proved optimum and fair over time."""
