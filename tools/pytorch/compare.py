#!/usr/bin/env python3
"""Blindspot against PyTorch on this machine, in one go.

    python3 compare.py PATH/TO/blindspot-cli [--threads 1,2] [--rounds 3] [--seconds 4] [--json FILE]

Both programs take turns, so that a busy moment of the machine hits both: each round runs
`blindspot-cli bench --json` and bench.py once for every number of threads. The figure of a job is the
median over the rounds of each round's median. The ratio says how many times faster Blindspot is.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

JOBS = ("student", "teacher", "holes", "train", "distil")
TRUNK_ONCE = {"holes": "holes_trunk_once", "distil": "distil_trunk_once"}


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}.")
    return json.loads(done.stdout)


def collect(ours, theirs, threads, rounds, seconds):
    """Returns ({job: [our medians]}, {job: [their medians]}, one report of ours, one of theirs)."""
    tail = ["--json", "--threads", str(threads), "--seconds", str(seconds)]
    reports = {"ours": [], "theirs": []}
    for number in range(1, rounds + 1):
        print(f"{threads} thread(s), round {number} of {rounds}", file=sys.stderr, flush=True)
        reports["ours"].append(run([*ours, *tail]))
        reports["theirs"].append(run([*theirs, *tail]))
    return reports


def median(reports, job):
    return statistics.median(report[job]["median_s"] for report in reports)


def table(threads, reports):
    """Prints one table and returns it as a list of rows."""
    first, second = reports["ours"][0], reports["theirs"][0]
    print(f"\n{threads} thread(s): Blindspot ({first['isa']}), PyTorch {second['torch']} ({second['isa']})")
    print(f"{'':10s}{'Blindspot':>12s}{'PyTorch':>12s}{'ratio':>8s}{'PyTorch, trunk once':>22s}{'ratio':>8s}")
    rows = []
    for job in JOBS:
        ours, theirs = median(reports["ours"], job), median(reports["theirs"], job)
        row = {"job": job, "threads": threads, "blindspot_s": ours, "pytorch_s": theirs, "ratio": theirs / ours}
        line = f"{job:10s}{ours * 1000:9.1f} ms{theirs * 1000:9.1f} ms{theirs / ours:8.2f}"
        if job in TRUNK_ONCE:
            once = median(reports["theirs"], TRUNK_ONCE[job])
            row["pytorch_trunk_once_s"], row["ratio_trunk_once"] = once, once / ours
            line += f"{once * 1000:19.1f} ms{once / ours:8.2f}"
        print(line)
        rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built blindspot-cli")
    parser.add_argument("--threads", default="1,2", help="comma-separated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="time per job in a round")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    bench = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.py")
    rows = []
    for threads in (int(word) for word in arguments.threads.split(",")):
        reports = collect(
            [arguments.program, "bench"], [sys.executable, bench], threads, arguments.rounds, arguments.seconds
        )
        rows += table(threads, reports)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=2)


if __name__ == "__main__":
    main()
