"""A process that counts: it asks the cache at LOCATION for one more TIMES times, and prints how
often the count was at most QUOTA. BACKEND is a class of a cache.
"""

import sys

from django.conf import settings


def main(backend: str, location: str, quota: str, times: str) -> None:
    settings.configure(CACHES={"default": {"BACKEND": backend, "LOCATION": location}})
    from django.core.cache import cache

    passed = 0
    for _ in range(int(times)):
        try:
            count = cache.incr("count")
        except ValueError:
            cache.add("count", 0, 60)
            count = cache.incr("count")
        passed += count <= int(quota)
    sys.stdout.write(f"{passed}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
