"""Atom feeds: what entries say, and how they are written. Which there are is asked above."""
