#!/bin/sh
# A streaming replica of `db`: copied at its first start, and following it from then on.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # What the primary has yet to send is kept under this name, also while the replica is away.
    pg_receivewal --create-slot --if-not-exists --slot=replica --host=db --username=replicator
    pg_basebackup --pgdata="$PGDATA" --write-recovery-conf --slot=replica --checkpoint=fast \
        --dbname="host=db user=replicator application_name=replica"
fi
# The primary spares what somebody here is still reading.
exec postgres -c hot_standby_feedback=on -c shared_buffers="$SHARED_BUFFERS"
