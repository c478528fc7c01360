#!/usr/bin/env python3
"""How fast PyTorch runs AT-BSN on this machine, at the best settings we know for it.

    python3 bench.py [--threads N] [--seconds S] [--json]

The same jobs as `blindspot-cli bench`, width 48, random weights:

    student   one pass over 512x512
    teacher   one pass over 256x256 at hole 3
    holes     all seven holes of 256x256: seven full passes
    train     a training step of the teacher on 4x128x128, Adam included
    distil    a distillation step on 4x128x128: seven full teacher passes without gradients, then the
              student's forward, backward and Adam

Two more entries give PyTorch our own identity (the trunk does not depend on the hole), so that one can
see how much of a ratio is arithmetic and how much is that idea: holes_trunk_once, distil_trunk_once.

Best settings: channels_last, oneDNN with AVX-512 where the processor has it, and a malloc that keeps its
memory (fresh pages cost PyTorch several times the arithmetic). The environment is set by running this
file a second time, because the C library and PyTorch read it only at their start.
"""

import argparse
import json
import os
import statistics
import sys
import time


def best_environment():
    """The variables that make PyTorch fastest here."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        capability = "avx512" if "avx512f" in file.read() else "avx2"
    return {
        "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": "100000000000",
        "ATEN_CPU_CAPABILITY": capability,
    }


def restart_with(environment):
    if any(os.environ.get(name) != value for name, value in environment.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **environment})


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=5, help="time per entry, at least three runs are taken")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def jobs(torch, atbsn):
    """Returns [(name, function)]; every function does one run."""
    functional = torch.nn.functional

    def network(make, seed):
        return atbsn.initialise(make(48), seed).to(memory_format=torch.channels_last)

    def picture(batch, side):
        noise = torch.rand(batch, 3, side, side) * 255
        return noise.contiguous(memory_format=torch.channels_last)

    torch.manual_seed(1)
    teacher, student = network(atbsn.Teacher, 1), network(atbsn.Student, 2)
    learning_teacher, learning_student = network(atbsn.Teacher, 1), network(atbsn.Student, 2)
    large, middle, patches = picture(1, 512), picture(1, 256), picture(4, 128)

    def still(function):
        def run():
            with torch.no_grad():
                return function()

        return run

    def seven(x):
        return [teacher(x, hole) for hole in atbsn.HOLES]

    def seven_trunk_once(x):
        features = teacher.features(x)
        return [teacher.head(features, hole) for hole in atbsn.HOLES]

    def stepper(learner):
        adam = torch.optim.Adam(learner.parameters(), lr=3e-4, betas=(0.9, 0.999))

        def step(loss):
            adam.zero_grad(set_to_none=False)
            loss.backward()
            adam.step()

        return step

    teacher_step, student_step = stepper(learning_teacher), stepper(learning_student)

    def train():
        teacher_step(functional.l1_loss(learning_teacher(patches, 9), patches))

    def distil(targets_of):
        with torch.no_grad():
            targets = targets_of(patches)
        y = learning_student(patches)
        student_step(sum(functional.l1_loss(y, target) for target in targets))

    return [
        ("student", still(lambda: student(large))),
        ("teacher", still(lambda: teacher(middle, 3))),
        ("holes", still(lambda: seven(middle))),
        ("train", train),
        ("distil", lambda: distil(seven)),
        ("holes_trunk_once", still(lambda: seven_trunk_once(middle))),
        ("distil_trunk_once", lambda: distil(seven_trunk_once)),
    ]


def measure(function, seconds):
    """Two runs to warm up, then at least three and as many as fit; returns the times."""
    function()
    function()
    times = []
    while len(times) < 3 or sum(times) < seconds:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def main():
    arguments = parse()
    restart_with(best_environment())
    import torch

    import atbsn

    torch.set_num_threads(arguments.threads)
    report = {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "isa": os.environ["ATEN_CPU_CAPABILITY"],
        "width": 48,
    }
    for name, function in jobs(torch, atbsn):
        times = measure(function, arguments.seconds)
        report[name] = {"median_s": statistics.median(times), "runs": len(times)}
        if not arguments.json:
            print(f"{name:18s} {report[name]['median_s'] * 1000:9.1f} ms  ({len(times)} runs)", flush=True)
    if arguments.json:
        json.dump(report, sys.stdout, indent=2)
        print()


if __name__ == "__main__":
    main()
