"""What can be made to happen in profile, one file each."""
