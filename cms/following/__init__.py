"""Following a place, a programme or the releases by e-mail. `tell` is the one line of whoever publishes something."""

from cms.following.subjects import ANSWERED, tell, tell_no_more
