"""Probes: `/healthz` says that the process answers, `/readyz` that it can serve."""

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from reforms.api.errors import problem_response


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; the database is not asked."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and every migration is applied; otherwise 503 says what is missing."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return problem_response("unavailable", "The database does not answer.")
    if waiting:
        return problem_response("unavailable", f"{len(waiting)} migrations are not applied.")
    return JsonResponse({"status": "ready"})
