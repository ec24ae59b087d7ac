"""Community: projects with partners around the school, and the character that grows in them."""
