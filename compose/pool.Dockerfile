# PgBouncer as Debian has it (1.24), which knows prepared statements also where it pools transactions.
FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends pgbouncer \
    && rm -rf /var/lib/apt/lists/*
COPY pool.ini pool.sh /etc/pgbouncer/
USER nobody
EXPOSE 6432
CMD ["sh", "/etc/pgbouncer/pool.sh"]
