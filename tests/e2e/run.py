#!/usr/bin/python3
"""run.py - runs the scenarios of scenarios.py against one API server.

    run.py --target devcluster|real --folder DIR [--quick] [NAME...]

One line a scenario, `ok|FAIL|skip name seconds`, and at the end
`N passed, N failed, N skipped`.  The exit code says whether any failed.
"""
import argparse
import os
import sys
import time
import traceback

import lab
import scenarios
import targets


def run_one(target, scenario):
    """(verdict, seconds, lines to print below)"""
    began = time.time()
    here = lab.Lab(target, scenario.__name__)
    verdict, lines = "ok", []
    try:
        try:
            scenario(here)
        finally:
            lines = here.said
            here.close()
    except lab.Skip as e:
        verdict, lines = "skip", lines + [str(e)]
    except lab.Failed as e:
        verdict, lines = "FAIL", lines + [str(e), "see " + here.folder]
    except Exception:
        verdict, lines = "FAIL", lines + traceback.format_exc().splitlines() + ["see " + here.folder]
    return verdict, time.time() - began, lines


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--target", required=True, choices=sorted(targets.TARGETS))
    p.add_argument("--folder", required=True)
    p.add_argument("--quick", action="store_true", help="what fits into a minute")
    p.add_argument("names", nargs="*", help="parts of names; all when left out")
    args = p.parse_args()
    for binary in (lab.OPERATOR, lab.DEVCLUSTER):
        if not os.access(binary, os.X_OK):
            sys.exit("run.py: %s is missing: run make first" % binary)
    chosen = [s for s, where, quick in scenarios.ALL
              if args.target in where and (quick or not args.quick)
              and (not args.names or any(n in s.__name__ for n in args.names))]
    target = targets.TARGETS[args.target](os.path.abspath(args.folder))
    counts = {"ok": 0, "FAIL": 0, "skip": 0}
    try:
        target.start()
        for s in chosen:
            verdict, seconds, lines = run_one(target, s)
            counts[verdict] += 1
            print("%-4s %s %s %.1f" % (verdict, args.target, s.__name__, seconds))
            for line in lines:
                print("       " + line)
            sys.stdout.flush()
    finally:
        target.stop()
    print("%d passed, %d failed, %d skipped" % (counts["ok"], counts["FAIL"], counts["skip"]))
    return counts["FAIL"] > 0


if __name__ == "__main__":
    sys.exit(main())
