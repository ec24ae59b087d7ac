"""What can be asked of profile, one file a question."""
