"""Data packages: the record at one entry of the ledger, dated, immutable, with all that it takes to
read, cite and check it.
"""

from reforms.releases.publishing import NothingNew, ReleaseExists, publish
from reforms.releases.shelf import Release, find, releases

__all__ = ["NothingNew", "Release", "ReleaseExists", "find", "publish", "releases"]
