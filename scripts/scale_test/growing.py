"""The settings of a later version, for its migrations alone."""

from tracker import settings as present

globals().update({name: getattr(present, name) for name in dir(present) if name.isupper()})

INSTALLED_APPS = [*present.INSTALLED_APPS, "scale_test.growth"]
