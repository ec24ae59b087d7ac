"""`trellis`: the command line of operators, data clerks and newcomers."""
