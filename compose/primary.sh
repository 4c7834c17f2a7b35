#!/bin/sh
# Runs once, when the database is made, so that replicas may follow it. docs/scaling.md says how to let them
# where it has been made before.
set -eu
psql --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --set=password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE replicator REPLICATION LOGIN PASSWORD :'password';
SQL
echo "host replication replicator all scram-sha-256" >> "$PGDATA/pg_hba.conf"
