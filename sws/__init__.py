"""The building: settings, addresses, embedded servers, country packs and the commands that start it all."""

import gc

# Every process of ours begins here and reads a million things that stay. Looking through them for garbage at each
# 700 new ones, as Python does by itself, is a fifth of a start and a third of making the tables.
gc.set_threshold(100_000, 50, 100)
