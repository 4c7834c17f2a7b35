#!/bin/sh
# Who may connect, with the password that both sides ask for; in memory only.
set -eu
umask 077
printf '"tracker" "%s"\n' "$(printf %s "$POSTGRES_PASSWORD" | sed 's/"/""/g')" > /tmp/users
exec pgbouncer /etc/pgbouncer/pool.ini
