# Build: the environment and the collected static files.
FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /app
COPY requirements.lock .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --require-hashes -r requirements.lock
COPY . .
# Collecting needs some key, and this one goes no further than this line.
RUN SECRET_KEY=only-for-this-step VAR_DIR=/tmp/var STATIC_ROOT=/app/static \
    /opt/venv/bin/python manage.py collectstatic --no-input

# Run: no package manager's leftovers, no right to write but under /var/lib/tracker.
FROM python:3.13-slim

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    STATIC_ROOT=/app/static \
    VAR_DIR=/var/lib/tracker

RUN useradd --system --uid 10001 --no-create-home tracker \
    && install --directory --owner=tracker --group=tracker /var/lib/tracker
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
VOLUME /var/lib/tracker
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["python", "scripts/serve.py"]
