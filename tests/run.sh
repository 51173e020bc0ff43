#!/bin/sh
# run.sh - `make test`: unit, story and peer tests, then the daemon against
# devcluster.  The last line adds up: N passed, N failed, N skipped.
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
folder=build/test
rm -rf "$folder"
mkdir -p "$folder"
passed=0 failed=0 skipped=0

add() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# CUnit's summary: of the line of tests, what ran, what failed, and what did not run.
build/debug/unit >"$folder/unit.txt" 2>&1
code=$?
grep -E '^ *[0-9]+\. |FAILED|CHECK|Suite .*failed' "$folder/unit.txt"
sed -n '/Run Summary/,$p' "$folder/unit.txt"
set -- $(awk '$1 == "tests" { print $4, $5, $6 }' "$folder/unit.txt")
if [ $# = 3 ]; then
	add "$1" "$2" "$3"
	[ "$code" = 0 ] || [ "$2" -gt 0 ] || add 0 1 0
else
	tail -n 20 "$folder/unit.txt"
	echo "FAIL build/debug/unit ended with $code and no summary"
	add 0 1 0
fi

# Scripts that print `ok|FAIL|skip name ...` and end with the sum.
for script in tests/peer/*.sh; do
	[ -x "$script" ] || continue
	"$script" >"$folder/peer.txt" 2>&1
	code=$?
	cat "$folder/peer.txt"
	set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$folder/peer.txt" | tail -n 1)
	if [ $# = 3 ]; then
		add "$1" "$2" "$3"
	elif [ "$code" = 0 ]; then
		add 1 0 0
	else
		echo "FAIL $script ended with $code and no sum"
		add 0 1 0
	fi
done

tests/e2e/run.py --target devcluster --folder "$folder/devcluster" --quick >"$folder/daemon.txt" 2>&1
sed '$d' "$folder/daemon.txt"
set -- $(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$folder/daemon.txt")
if [ $# = 3 ]; then
	add "$1" "$2" "$3"
else
	tail -n 1 "$folder/daemon.txt"
	echo "FAIL the daemon scenarios did not come to their end"
	add 0 1 0
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
