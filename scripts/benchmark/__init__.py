"""The benchmark: the real server and its peers over the same data, in rounds that take turns.

`make bench` fills a PostgreSQL of its own with the scale set and copies it to SQLite, starts every
contender with one worker on one core, which it shares with the database, and asks from the other
core. Ratios hold from run to run to about a tenth; absolute figures do not.
"""
