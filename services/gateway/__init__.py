"""The gateway: the one front door, which knows who is calling and lets through what the table allows."""
