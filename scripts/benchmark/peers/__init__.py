"""Peers: the same answers, made in other ways."""
