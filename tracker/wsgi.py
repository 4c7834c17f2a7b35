"""The WSGI application that the server loads in each of its workers."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

application = get_wsgi_application()
# Loading the views now keeps their cost, and their mistakes, out of the first request.
import_module("tracker.urls")

# What is loaded by now lives as long as the process. Leaving it out of garbage collection, and
# collecting less often, more than halves the time of the slowest requests. Still less often saves
# no time, and the answers of three hundred lists would wait as garbage: thirty megabytes.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
