"""Figures over the record, over HTTP."""

from reforms.api.statistics.agreement import AgreementViewSet
from reforms.api.statistics.counts import StatisticsViewSet
from reforms.api.statistics.series import TimeSeriesViewSet

__all__ = ["AgreementViewSet", "StatisticsViewSet", "TimeSeriesViewSet"]
