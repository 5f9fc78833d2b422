"""What any page can say beyond Django."""
