"""What pages of other origins may do here, and which headers they may read."""

from corsheaders.defaults import default_headers

# Anybody's page may read the public API and the feeds; none may act with a visitor's session.
CORS_URLS_REGEX = r"^/(api|feeds)/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"]
CORS_ALLOW_HEADERS = [
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "ledger-sequence-at-least",
]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "ETag",
    "Export-Rows",
    "Idempotency-Replayed",
    "Last-Modified",
    "Ledger-Hash",
    "Ledger-Instance",
    "Ledger-Key",
    "Ledger-Recorded-At",
    "Ledger-Sequence",
    "Ledger-Signature",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Repr-Digest",
    "Retry-After",
]
