"""What a public page forbids the browser, and how long it may be kept."""

from django.http.response import HttpResponseBase

# Nothing comes from another host, nothing runs that is not a file of ours, nothing may be framed.
POLICY = {
    "default-src": "'none'",
    "img-src": "'self'",
    "style-src": "'self'",
    "script-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
MAX_AGE = 60  # seconds for which a cache may answer in our place


def protect(response: HttpResponseBase, *, framed: bool = False) -> None:
    """Tell the browser what the page does not need; `framed` pages may be shown in others'."""
    policy = {**POLICY, "frame-ancestors": "*"} if framed else POLICY
    response["Content-Security-Policy"] = "; ".join(f"{name} {of}" for name, of in policy.items())
    response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    if framed:
        # Django's middleware leaves the page alone then.
        response.xframe_options_exempt = True  # type: ignore[attr-defined]


def keep(response: HttpResponseBase, etag: str) -> None:
    """Let caches keep a page, which is the same for everybody who reads its language."""
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["Vary"] = "Accept-Language"
    response["ETag"] = etag
