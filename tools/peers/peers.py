#!/usr/bin/env python3
"""Measures what else removes noise from photographs, on a folder of noisy photos and one of clean ones.

    peers.py --noisy DIR --clean DIR [--only WORD,…] [--blindspot PATH [--model FILE]] [--json FILE]

Every method is run at a few strengths on every fourth pair. The strength with the best mean PSNR there is then run on
all pairs, and that is what the table shows: one setting for a whole set, as a user could find it by trying.

Rules: one thread; a method gets the photo as it lies on the disk and gives 8-bit RGB; seconds are processor seconds,
the median over the photos, so that other work on the computer does not count. Programs are timed whole: start, reading
and writing included.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from methods import METHODS, program, read  # before numpy: it limits the threads

import numpy as np
from scipy import ndimage

EVERY = 4  # the strength is chosen on every fourth pair
MARGIN = 1  # dB: a strength that is so much worse than the best so far ends the search, which goes from weak to strong


# --- how close two pictures are: the definitions of blindspot-cli eval ---------------------------------------------


def psnr(a, b):
    """dB over the 8-bit values of all channels together."""
    return 10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2))


def ssim(a, b):
    """Wang et al. 2004: a Gaussian window of 11x11 with sigma 1.5, borders cropped, mean over pixels and channels."""
    window = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window /= window.sum()

    def blur(x):
        rows = ndimage.correlate1d(x, window, axis=0)
        return ndimage.correlate1d(rows, window, axis=1)[5:-5, 5:-5]

    a, b = a.astype(float), b.astype(float)
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, cov = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return np.mean((2 * mean_a * mean_b + c1) * (2 * cov + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)))


# --- measuring -----------------------------------------------------------------------------------------------------


def processor_seconds():
    """Of this process and of the programs that it has run."""
    own, programs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + programs.ru_utime + programs.ru_stime


def measure(method, strength, pairs):
    """[(PSNR, SSIM, seconds)] of each pair."""
    rows = []
    for path, noisy, clean in pairs:
        start = processor_seconds()
        out = method.run(path, noisy, strength)
        seconds = processor_seconds() - start
        rows.append((psnr(out, clean), ssim(out, clean), seconds))
    return rows


def mean(rows, column):
    return statistics.fmean(r[column] for r in rows)


def best(scores):
    """The strength of the best mean PSNR; scores are {strength: [(PSNR, …)]}."""
    return max(scores, key=lambda s: mean(scores[s], 0))


def compare(method, pairs):
    few = pairs[::EVERY]
    scores = {}
    for s in method.strengths:
        scores[s] = measure(method, s, few)
        print(f"  {method.name}, {method.knob} {s}: {mean(scores[s], 0):.2f} dB on {len(few)}", file=sys.stderr)
        strength = best(scores)
        if not isinstance(s, tuple) and mean(scores[s], 0) < mean(scores[strength], 0) - MARGIN:
            break
    return row(method.name, f"{method.knob} {words(strength)}", measure(method, strength, pairs))


def words(strength):
    return " / ".join(str(v) for v in (strength if isinstance(strength, tuple) else (strength,)))


def row(name, setting, rows):
    seconds = statistics.median(r[2] for r in rows)
    return {"name": name, "setting": setting, "psnr": mean(rows, 0), "ssim": mean(rows, 1), "seconds": seconds}


def blindspot(options, pairs):
    """Rows of Blindspot by blindspot-cli eval: fast, the hole that is best on every fourth pair, and average."""
    model = ["--model", os.path.abspath(options.model)] if options.model else []
    folders = ["--noisy", options.noisy, "--clean", options.clean, "--threads", "1", "--json"]

    def evaluate(*more):
        out = subprocess.run([options.blindspot, "eval", *folders, *model, *more], check=True, capture_output=True)
        return json.loads(out.stdout)["photos"]

    def timed(name, setting, photos, key, *more):
        run = program(options.blindspot, "denoise", *model, "--threads", "1", *more, "-o", "{out}", "{in}")
        seconds = []
        for path, noisy, _ in pairs[::EVERY]:
            start = processor_seconds()
            run(path, noisy, ())
            seconds.append(processor_seconds() - start)
        scores = [(p["scores"][key]["psnr"], p["scores"][key]["ssim"], statistics.median(seconds)) for p in photos]
        return row(name, setting, scores)

    fast, holes = evaluate("--mode", "fast"), evaluate("--hole", "all")
    few = {key: [(p["scores"][key]["psnr"],) for p in holes[::EVERY]] for key in holes[0]["scores"] if key != "average"}
    hole = best(few)
    return [
        timed("Blindspot Fast", "none", fast, "fast", "--mode", "fast"),
        timed("Blindspot Tunable", f"hole {hole}", holes, hole, "--hole", hole),
        timed("Blindspot Average", "none", holes, "average", "--mode", "average"),
    ]


def find_pairs(noisy, clean):
    """[(path, noisy, clean)] by name, whatever the endings."""
    partners = {p.stem: p for p in Path(clean).iterdir()}
    paths = sorted(p for p in Path(noisy).iterdir() if p.stem in partners)
    return [(p.absolute(), read(p), read(partners[p.stem])) for p in paths]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noisy", required=True, metavar="DIR")
    parser.add_argument("--clean", required=True, metavar="DIR")
    parser.add_argument("--only", default="", metavar="WORD,…", help="methods whose name holds one of these words")
    parser.add_argument("--blindspot", metavar="PATH", help="blindspot-cli, to add its rows")
    parser.add_argument("--model", metavar="FILE", help="of a model for blindspot-cli, else the bundled one")
    parser.add_argument("--json", metavar="FILE", help="write the rows here as well")
    options = parser.parse_args()
    pairs = find_pairs(options.noisy, options.clean)
    print(f"{len(pairs)} pairs\n\n| method | setting | PSNR, dB | SSIM | seconds |\n|---|---|--:|--:|--:|")
    rows = []

    def add(r):
        rows.append(r)
        seconds = f"{r['seconds']:.2f}" if r["seconds"] else ""
        print(f"| {r['name']} | {r['setting']} | {r['psnr']:.2f} | {r['ssim']:.4f} | {seconds} |", flush=True)

    add(row("noisy", "", [(psnr(noisy, clean), ssim(noisy, clean), 0.0) for _, noisy, clean in pairs]))
    for method in METHODS:
        if not any(word in method.name for word in options.only.split(",")):
            continue
        if method.needs and not shutil.which(method.needs):
            print(f"{method.name} is left out: {method.needs} is not installed", file=sys.stderr)
            continue
        add(compare(method, pairs))
    if options.blindspot:
        for r in blindspot(options, pairs):
            add(r)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
