"""The heart: citizens, cases, deadlines, permissions; it knows no telephone and no page editor."""
