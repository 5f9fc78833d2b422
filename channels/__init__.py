"""Everything that rings, beeps or texts; it imports cases, and cases does not know it."""
