"""What can be made to happen at the front door: one file each."""
