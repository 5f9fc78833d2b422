"""What the public reads, edited in Wagtail; of the cases it reads the statistics and the catalogue only."""
