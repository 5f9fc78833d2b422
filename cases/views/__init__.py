"""The pages of cases: the desk's, and the citizen's own."""
