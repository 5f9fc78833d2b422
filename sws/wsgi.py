"""The door granian knocks on."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from channels.door import gateways_first
from sws.stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sws.settings")
application = gateways_first(with_room(get_wsgi_application()))
assert get_resolver().url_patterns  # every page's code is read now, not while the first caller waits
gc.freeze()  # and what is read stays: to look it through for garbage again and again was a tenth of a hop
