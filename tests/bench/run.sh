#!/bin/sh
# run.sh - `make bench`: size, memory, speed and requests, beside a calibration of the same run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$here/figures.py" "$@"
