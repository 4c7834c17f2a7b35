"""Pictures, drawn here as SVG: functions of figures alone, which ask nobody.

In a page they take their colours from its stylesheet; statuses are told by pattern and shape, and
by words in a table that has to stand beside.
"""

from reforms.pages.pictures.badge import badge
from reforms.pages.pictures.drawing import swatch
from reforms.pages.pictures.over_time import over_time
from reforms.pages.pictures.progress import progress
from reforms.pages.pictures.timeline import Lane, timeline

__all__ = ["Lane", "badge", "over_time", "progress", "swatch", "timeline"]
