"""Files in and out of the distribution engine: rounds, foreign data, results and reports."""
