"""Monitors from civil society: what they write, who reads it first, who answers it, and where all can read it."""
