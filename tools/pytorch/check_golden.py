#!/usr/bin/env python3
"""Proves that atbsn.py computes what the published network computes.

    python3 check_golden.py FOLDER [--set tiny16] [--set full48]

FOLDER holds the reference tensors (tiny16_teacher_weights.safetensors and the rest). Every line says what
was compared and by how much it differs; the exit code is 1 when anything is outside its tolerance.
"""

import argparse
import os
import sys

import numpy
import torch
from torch.nn import functional as F

import atbsn
import tensors

OUTPUT = 1e-5  # of the largest reference value
GRADIENT = 1e-3  # relative L2 per tensor
LOSS = 1e-3  # relative, over five steps
LR = 3e-4


class Checker:
    def __init__(self):
        self.failed = 0

    def line(self, what, value, limit):
        good = value <= limit
        self.failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {what:44s} {value:.2e} (limit {limit:.0e})")


def largest_difference(got, want):
    return float(numpy.abs(got - want).max() / numpy.abs(want).max())


def load(network, weights):
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return network


def check_forward(check, data, teacher, student):
    for picture in ("rect", "square"):
        x = torch.from_numpy(data[f"{picture}.input"])
        with torch.no_grad():
            features = teacher.features(x)
            for turns, feature in enumerate(features):
                want = data.get(f"{picture}.unet_feat_rot{turns}")
                if want is not None:
                    got = feature[:, : want.shape[1]].numpy()
                    check.line(f"{picture} trunk, rotation {turns}", largest_difference(got, want), OUTPUT)
            for hole in atbsn.HOLES:
                got = teacher.head(features, hole).numpy()
                want = data[f"{picture}.teacher_k{hole}"]
                check.line(f"{picture} teacher, hole {hole}", largest_difference(got, want), OUTPUT)
            got = student(x).numpy()
            check.line(f"{picture} student", largest_difference(got, data[f"{picture}.student"]), OUTPUT)


def thinned(value, stride):
    return value.detach().numpy().reshape(-1)[::stride]


def check_training(check, what, data, metadata, network, loss_of):
    """Five Adam steps: losses, the first step's gradients, the weights after steps 1 and 5."""
    adam = torch.optim.Adam(network.parameters(), lr=LR, betas=(0.9, 0.999), eps=1e-8)
    gradient_stride = int(metadata.get("grad_stride", 1))
    adam_stride = int(metadata.get("adam_stride", 1))
    losses, worst = [], 0.0
    after = {}
    for step in range(1, 6):
        adam.zero_grad()
        loss = loss_of(network)
        loss.backward()
        losses.append(float(loss))
        if step == 1:
            for name, parameter in network.named_parameters():
                want = data[f"grad.{name}"].reshape(-1)
                got = thinned(parameter.grad, gradient_stride)
                worst = max(worst, float(numpy.linalg.norm(got - want) / numpy.linalg.norm(want)))
        adam.step()
        if step in (1, 5):
            after[step] = {name: thinned(p, adam_stride).copy() for name, p in network.named_parameters()}
    check.line(f"{what} gradients, worst tensor", worst, GRADIENT)
    check.line(f"{what} losses, worst of five", float(numpy.abs(numpy.array(losses) / data["losses"] - 1).max()), LOSS)
    for step, near, share in ((1, 1e-6, 1e-3), (5, 1e-4, 1e-2)):
        off = [numpy.abs(v - data[f"adam{step}.{n}"].reshape(-1)) for n, v in after[step].items()]
        off = numpy.concatenate(off)
        check.line(f"{what} share of weights off after step {step}", float((off > near).mean()), share)
        if step == 1:
            check.line(f"{what} largest distance after step 1", float(off.max()), 2.1 * LR)


def check_set(check, folder, name):
    def part(suffix):
        return tensors.read(os.path.join(folder, f"{name}_{suffix}.safetensors"))

    teacher_weights, metadata = part("teacher_weights")
    student_weights, _ = part("student_weights")
    width = int(metadata["mid_channels"])
    print(f"{name}, width {width}")
    teacher = load(atbsn.Teacher(width), teacher_weights)
    student = load(atbsn.Student(width), student_weights)
    for label, network in (("teacher", teacher), ("student", student)):
        print(f"     {label}: {sum(p.numel() for p in network.parameters()):,} parameters")
    check_forward(check, part("forward")[0], teacher, student)

    data, metadata = part("student_distill")
    x = torch.from_numpy(data["input"])
    with torch.no_grad():
        features = teacher.features(x)
        targets = [teacher.head(features, hole) for hole in atbsn.HOLES]

    def distil_loss(network):
        y = network(x)
        return sum(F.l1_loss(y, target) for target in targets)

    check_training(check, "student", data, metadata, student, distil_loss)

    data, metadata = part("teacher_train")
    noisy = torch.from_numpy(data["input"])
    hole = int(metadata["hole"])
    check_training(check, "teacher", data, metadata, teacher, lambda network: F.l1_loss(network(noisy, hole), noisy))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--set", action="append", choices=("tiny16", "full48"))
    arguments = parser.parse_args()
    check = Checker()
    for name in arguments.set or ("tiny16", "full48"):
        check_set(check, arguments.folder, name)
    if check.failed:
        sys.exit(f"{check.failed} comparisons are outside their tolerance.")
    print("All comparisons are inside their tolerances.")


if __name__ == "__main__":
    main()
