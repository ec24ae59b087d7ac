"""Sessions: who is signed in, kept in a sealed cookie and in this process's memory, and nowhere else."""
