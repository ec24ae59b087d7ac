"""What can be made to happen in the scheduler: one file each."""
