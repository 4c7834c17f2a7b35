"""Renditions: what the API answers of an object as JSON, stored, and ready to be sent.

They are made by the serializers, in the background (`making`), and taken away by triggers of the
database as soon as anything changes that they are made of (`reforms.staleness`): what is there is
right, and what is not there is answered by the serializers meanwhile. `texts` says what they leave
open until they are read; `answering` is how lists and single objects are answered with them.
"""
