"""Our settings with other addresses, and the framework's own defaults."""

from tracker.settings import *  # noqa: F403

ROOT_URLCONF = "benchmark.peers.plain"
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
