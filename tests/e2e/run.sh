#!/bin/sh
# run.sh - every scenario against both API servers: our own stand-in, and the
# real control plane with the node side of devcluster.  `make e2e`.
#
#   tests/e2e/run.sh [NAME...]        parts of scenario names; all when left out
#
# The last line adds up: N passed, N failed, N skipped.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
folder=$top/build/e2e
cd "$top" || exit 1
tests/packages.sh e2e || exit 1
"$here/controlplane.sh" build || exit 1
mkdir -p "$folder"
trap '[ ! -e "$folder/real/holder" ] || "$here/controlplane.sh" down "$folder/real"' EXIT
trap 'exit 130' INT TERM

"$here/run.py" --target devcluster --folder "$folder/devcluster" "$@" | tee "$folder/devcluster.txt"
"$here/controlplane.sh" up "$folder/real" &&
    "$here/controlplane.sh" in "$folder/real" "$here/run.py" --target real --folder "$folder/real" "$@" |
    tee "$folder/real.txt"

# A run that did not come to its end has failed.
for target in devcluster real; do
	tail -n 1 "$folder/$target.txt" | grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' ||
	    echo "0 passed, 1 failed, 0 skipped ($target did not end)"
done | awk '{ ok += $1; bad += $3; left += $5 }
    END { printf "%d passed, %d failed, %d skipped\n", ok, bad, left; exit bad > 0 }'
