#!/bin/sh
# Install a lock file into .venv, checking every hash; create .venv first where it is missing.
set -eu
lock=$1

# A .venv without a working pip is one whose making was interrupted, or whose Python has gone.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    chosen=
    for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            chosen=$python
            break
        fi
    done
    if [ -z "$chosen" ]; then
        echo "Python 3.11 or later was not found. Name one: make PYTHON=/path/to/python3.12 …" >&2
        exit 1
    fi
    echo "Making .venv with $("$chosen" --version) …"
    if ! "$chosen" -m venv --clear .venv; then
        echo "The environment could not be made. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi

echo "Installing $lock …"
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
