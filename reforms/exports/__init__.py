"""The record as files: tables with documented columns, and the formats that they are written in.

What is written are the objects of the API; what they say is not decided here.
"""

from reforms.exports.formats import FORMATS, Format
from reforms.exports.tables import TABLES, Table

__all__ = ["FORMATS", "TABLES", "Format", "Table"]
