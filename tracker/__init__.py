"""The Django project that houses the reform tracker."""

__version__ = "0.1.0"
