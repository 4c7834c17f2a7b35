"""How often something may be done, from the environment; docs/deployment.md lists every variable.

What one key (or account), and one address without a key, may ask for: see `reforms.api.throttling`.
How many attempts to sign in may fail: see `reforms.admin.attempts`. What one address, and all
together, may send to the curators: see `reforms.pages.letters`.
"""

from tracker.environment import env_limits

LIMITS = {
    "key-read": env_limits("LIMIT_KEY_READ", "600/min,100000/day"),
    "key-write": env_limits("LIMIT_KEY_WRITE", "120/min,20000/day"),
    "key-rows": env_limits("LIMIT_KEY_ROWS", "200000/day"),
    "address-read": env_limits("LIMIT_ADDRESS_READ", "300/min,100000/day"),
    "exports": env_limits("LIMIT_EXPORTS", "10/min,200/day"),
    "address-attempts": env_limits("LIMIT_ADDRESS_ATTEMPTS", "30/min"),
    "sign-in": env_limits("LIMIT_SIGN_IN", "5/min,20/hour"),
    "sign-in-address": env_limits("LIMIT_SIGN_IN_ADDRESS", "40/hour"),
    "sign-in-account": env_limits("LIMIT_SIGN_IN_ACCOUNT", "100/hour"),
    "report": env_limits("LIMIT_REPORT", "5/hour,20/day"),
    "reports": env_limits("LIMIT_REPORTS", "300/day"),
    "sign-in-code": env_limits("LIMIT_SIGN_IN_CODE", "5/min,20/hour,60/day"),
}
