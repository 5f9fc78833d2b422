"""The README's pictures, and the command that takes them anew from a running `make run`."""
