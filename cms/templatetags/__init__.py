"""What templates of the public pages can say beyond Django."""
