"""The town on one machine: real servers on free loopback ports, in one folder, leaving nothing behind."""
