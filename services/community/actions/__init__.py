"""What can be made to happen in community: one file each."""
