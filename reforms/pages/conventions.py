"""What programs look for at places that everybody knows: robots.txt, icons, security.txt."""

import json
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, re_path, reverse
from django.views.decorators.http import require_safe

from reforms.dates import now
from reforms.feeds.entries import SERVICE
from reforms.pages import sitemap
from reforms.pages.file import File
from reforms.vocabulary import LANGUAGES

DAY = 86_400  # seconds
# For how long somebody who found a fault may rely on security.txt; less than a year, as RFC 9116
# recommends.
CONTACT_HOLDS = timedelta(days=180)

# In the order of their size; the ground of all of them is square.
ICONS = {"icon-192.png": "192x192", "icon-512.png": "512x512", "icon.svg": "any"}


class Robots(File):
    """What crawlers may fetch (RFC 9309): pages, and no question that has no end of answers."""

    content_type = "text/plain; charset=utf-8"
    max_age = DAY

    def write(self, **kwargs: str) -> bytes:
        api = reverse("api-root")
        refused = [
            reverse("admin:index"),
            f"{api}*?",  # each page of each list under each filter
            "/*?*as_of=",  # every day, and every entry of the ledger
            "/*?*known_at=",
            "/*?*cursor=",
            *sitemap.forms(),
        ]
        lines = [
            "User-agent: *",
            *(f"Disallow: {one}" for one in refused),
            "",
            f"Sitemap: {self.here(reverse('pages:sitemap'))}",
        ]
        return "\n".join((*lines, "")).encode()


class Manifest(File):
    """What a device shows of the site on its home screen (a web application manifest)."""

    content_type = "application/manifest+json"
    max_age = DAY

    def write(self, **kwargs: str) -> bytes:
        home = reverse("pages:home")
        said = {
            "name": SERVICE,
            "short_name": "Reforms",
            "description": "What became of what was promised, who says so and on what evidence.",
            "id": home,
            "start_url": home,
            "scope": home,
            "display": "browser",
            "lang": "en",
            "background_color": "#ffffff",
            "theme_color": "#0b57a4",
            "icons": [
                {"src": static(f"reforms/icons/{name}"), "sizes": sizes, "type": _type(name)}
                for name, sizes in ICONS.items()
            ],
        }
        return json.dumps(said).encode()


class SecurityText(File):
    """Whom to tell of a fault in security (RFC 9116), where the operator says so."""

    content_type = "text/plain; charset=utf-8"
    max_age = DAY

    def write(self, **kwargs: str) -> bytes:
        contact = settings.SECURITY_CONTACT
        if not contact:
            raise Http404("Whoever runs this service names no contact for faults in security.")
        # The file is kept for a day at most, and its day is written anew each time.
        expires = (now() + CONTACT_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
        lines = (
            f"Contact: {contact}",
            f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
            f"Preferred-Languages: {', '.join(LANGUAGES)}",
            f"Canonical: {self.here(reverse('pages:security'))}",
        )
        return "\n".join((*lines, "")).encode()


@require_safe
def icon(request: HttpRequest, name: str) -> HttpResponse:
    """The way from where browsers and devices look by themselves to the file."""
    response = redirect(static(f"reforms/icons/{name}"))
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


def _type(name: str) -> str:
    return "image/svg+xml" if name.endswith(".svg") else "image/png"


urlpatterns: list[URLPattern] = [
    path("robots.txt", Robots.as_view(), name="robots"),
    path("sitemap.xml", sitemap.Sitemap.as_view(), name="sitemap"),
    re_path(
        r"^sitemap-(?P<type_>[a-z]+)-(?P<part>[1-9][0-9]{0,5})\.xml\Z",
        sitemap.SitemapPart.as_view(),
        name="sitemap-part",
    ),
    path("site.webmanifest", Manifest.as_view(), name="manifest"),
    path(".well-known/security.txt", SecurityText.as_view(), name="security"),
    path("favicon.ico", icon, {"name": "favicon.ico"}, name="favicon"),
    re_path(
        r"^apple-touch-icon(?:-precomposed)?\.png\Z",
        icon,
        {"name": "apple-touch-icon.png"},
        name="apple-touch-icon",
    ),
]
