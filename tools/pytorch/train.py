#!/usr/bin/env python3
"""Trains the bundled model's networks on a GPU: as core/train does, only faster.

    python3 train.py BASE.safetensors OUT.safetensors PHOTOS... [--minutes M]

BASE is a model file to go on from. PHOTOS are folders that tools/simulate fills, with -noise; training begins
as soon as --first photos are there and takes up more as they come. Half the minutes go to the teacher
(blind, hole 9, L1 to the noisy crop itself), the rest to the student (pairs, see pairs.py). Matrix products
are in half precision, weights, their moving average and the losses are not.
"""

import argparse
import glob
import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import torch
from PIL import Image

import atbsn
import pairs
import tensors

CHANNELS = 8  # matrix units want multiples of 8: three are used, the others stay 0
SIDE = 640  # largest photo
HELD_OUT = 24  # photos


def say(*words):
    print(f"{time.monotonic() - START:6.1f}", *words, flush=True)


START = time.monotonic()


class Album:
    """Photos on the GPU, each in a corner of a square."""

    def __init__(self, folders, device):
        self.folders, self.device = folders, device
        self.names, self.pool = set(), ThreadPoolExecutor(16)
        self.pixels = torch.empty(0, 3, SIDE * SIDE, dtype=torch.uint8, device=device)
        self.sizes, self.tables = [], []
        self.count = 0

    def read(self, path):
        noise = None
        try:
            with open(path[:-4] + ".json") as file:
                noise = json.load(file)
        except FileNotFoundError:
            pass
        picture = numpy.asarray(Image.open(path).convert("RGB"))
        square = numpy.zeros((3, SIDE, SIDE), numpy.uint8)
        square[:, : picture.shape[0], : picture.shape[1]] = picture.transpose(2, 0, 1)
        return path, picture.shape[:2], square.reshape(3, -1), noise

    def update(self, most=400):
        """Takes up new photos, at most so many. A photo is complete when its successors have begun."""
        new = []
        for folder in self.folders:
            paths = sorted(glob.glob(os.path.join(folder, "*.png")), key=os.path.getmtime)
            done = os.path.exists(os.path.join(folder, "done"))
            new += [p for p in (paths if done else paths[:-40]) if p not in self.names]
        new = new[:most]
        if not new:
            return
        loaded = list(self.pool.map(self.read, new))
        self.names.update(new)
        if self.count + len(loaded) > len(self.pixels):
            larger = torch.empty(2 * (self.count + len(loaded)), 3, SIDE * SIDE, dtype=torch.uint8, device=self.device)
            larger[: self.count] = self.pixels[: self.count]
            self.pixels = larger
        self.pixels[self.count : self.count + len(loaded)] = torch.from_numpy(numpy.stack([l[2] for l in loaded])).to(self.device)
        self.count += len(loaded)
        for _, size, _, noise in loaded:
            self.sizes.append(size)
            known = noise is not None and noise["confidence"] >= 0.3
            noise = noise or {"variance": [1] * 60, "shift": [0] * 60, "spectra": [1] * 192, "grain": 0}
            self.tables.append([float(known), noise["grain"]] + noise["variance"] + noise["shift"] + noise["spectra"])
        self.size = torch.tensor(self.sizes, device=self.device, dtype=torch.long)
        self.table = torch.tensor(self.tables, device=self.device, dtype=torch.float32)

    def weights(self, patch, known):
        """How likely each photo is: its area, if it holds a patch; of photos whose noise is known, if asked for."""
        area = self.size[:, 0] * self.size[:, 1]
        w = torch.where(self.size.min(1).values >= patch, area, 0).float()
        return w * self.table[:, 0] if known else w

    def batch(self, n, patch, weights):
        """n random crops, turned or mirrored, and their noise. Most of those more than half clipped are passed over."""
        photo = torch.multinomial(weights, n + n // 4 + 1, replacement=True)
        size, table = self.size[photo], self.table[photo]
        m = len(photo)
        top = (torch.rand(m, 2, device=self.device) * (size - patch + 1)).long()
        turn = torch.randint(0, 2, (m, 3), device=self.device, dtype=torch.bool)
        u = torch.arange(patch, device=self.device)
        rows = torch.where(turn[:, :1], patch - 1 - u, u)
        columns = torch.where(turn[:, 1:2], patch - 1 - u, u)
        along = (top[:, :1] + rows) * SIDE, top[:, 1:] + columns
        straight = along[0][:, :, None] + along[1][:, None, :]
        place = torch.where(turn[:, 2, None, None], straight.transpose(1, 2), straight)
        x = self.pixels[photo[:, None, None, None], torch.arange(3, device=self.device)[None, :, None, None], place[:, None]]
        clipped = ((x == 0) | (x == 255)).float().mean((1, 2, 3)) > 0.5
        best = torch.argsort(clipped.float(), stable=True)[:n]
        x, table, swap = x[best].float(), table[best], turn[best, 2]
        spectra = table[:, 122:].reshape(n, 3, 8, 8)
        spectra = torch.where(swap[:, None, None, None], spectra.transpose(2, 3), spectra).reshape(n, 3, 64)
        return x, pairs.Noise(table[:, 2:62].reshape(n, 3, -1), table[:, 62:122].reshape(n, 3, -1), spectra, table[:, 1])


def padded(state, network):
    """The weights of three channels for the network of eight."""
    full = {}
    for name, want in network.state_dict().items():
        full[name] = torch.zeros(want.shape)
        value = torch.from_numpy(state[name])
        full[name][tuple(slice(0, s) for s in value.shape)] = value
    return full


def cropped(average, like):
    return {name: average[name].cpu().numpy()[tuple(slice(0, s) for s in value.shape)] for name, value in like.items()}


class Padded(torch.nn.Module):
    """A network of eight channels for pictures of three."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        for module in network.modules():
            if isinstance(module, torch.nn.Conv2d):
                module.dilation = (1, 1)

    def forward(self, x, *holes):
        x = torch.nn.functional.pad(x, (0, 0, 0, 0, 0, CHANNELS - 3)).contiguous(memory_format=torch.channels_last)
        if not holes:
            return self.network(x)[:, :3].float()
        features = self.network.features(x)
        results = [self.network.head(features, hole)[:, :3].float() for hole in holes]
        return sum(results) / len(results)


def precision(device):
    return torch.autocast(device.type, dtype=torch.float16 if device.type == "cuda" else torch.bfloat16)


def learn(what, network, gradient, judge, options, deadline, rate):
    """Adam, warm-up, half a cosine, a moving average, which is returned. The number of steps follows from their time."""
    device = options.device
    parameters = dict(network.network.named_parameters())
    adam = torch.optim.Adam(parameters.values(), lr=rate, **({"fused": True} if device.type == "cuda" else {}))
    scaler = torch.cuda.amp.GradScaler(enabled=device.type == "cuda", init_scale=1024.0)  # gradients of half precision must not vanish
    average = {name: p.detach().clone() for name, p in parameters.items()}
    say(what, "held out at first", judge(network))
    steps, step, shown, loss_sum = None, 0, 0, 0.0
    while steps is None or step < steps:
        if steps is None and step == 60:
            torch.cuda.synchronize() if device.type == "cuda" else None
            each = (time.monotonic() - began) / 40
            steps = step + max(int((deadline - time.monotonic() - 4) / each / 1.01), 1)
            say(what, f"{each * 1000:.1f} ms a step, {options.batch * options.patch**2 / each / 1e6:.2f} Mpx/s, {steps} steps")
        if step == 20:
            torch.cuda.synchronize() if device.type == "cuda" else None
            began = time.monotonic()
        planned = steps or 10000
        warm = max(0.02 * planned, 100)
        if step < warm:
            now = rate * (step + 1) / warm
        else:
            now = rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(planned - warm, 1)))
        for group in adam.param_groups:
            group["lr"] = now
        adam.zero_grad(set_to_none=True)
        loss = gradient(step)
        scaler.scale(loss).backward()
        scaler.step(adam)
        scaler.update()
        with torch.no_grad():
            decay = min(0.999, (1 + step) / (10 + step))
            torch._foreach_mul_(list(average.values()), decay)
            torch._foreach_add_(list(average.values()), list(parameters.values()), alpha=1 - decay)
        loss_sum = loss_sum + loss.detach()
        step += 1
        if step % 500 == 0:
            say(what, f"{step}/{steps} loss {float(loss_sum) / (step - shown):.4f} rate {now:.2e}")
            shown, loss_sum = step, 0.0
        if steps and time.monotonic() > deadline:
            say(what, f"out of time at {step}")
            break
    with torch.no_grad():
        for name, p in parameters.items():
            p.copy_(average[name])
    say(what, "held out at the end", judge(network))
    return average


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("out")
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--teacher-share", type=float, default=0.6)
    parser.add_argument("--patch", type=int, default=256)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--teacher-rate", type=float, default=5e-4)
    parser.add_argument("--student-rate", type=float, default=5e-4)
    parser.add_argument("--thresholds", type=float, nargs=2, default=(0.7, 3.0), help="of coarse and of fine noise")
    parser.add_argument("--first", type=int, default=400)
    parser.add_argument("--eager", action="store_true")
    options = parser.parse_args()
    end = START + 60 * options.minutes
    device = options.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(2611)
    torch.backends.cudnn.benchmark = True
    weights, metadata = tensors.read(options.base)
    width = int(metadata["width"])
    states = {who: {n[len(who) + 1 :]: v for n, v in weights.items() if n.startswith(who)} for who in ("teacher", "student")}
    networks = {}
    for who, kind in (("teacher", atbsn.Teacher), ("student", atbsn.Student)):
        network = kind(width, CHANNELS)
        network.load_state_dict(padded(states[who], network))
        networks[who] = Padded(network.to(device, memory_format=torch.channels_last))
    teacher, student = networks["teacher"], networks["student"]
    compiled = {who: n if options.eager else torch.compile(n, dynamic=False) for who, n in networks.items()}

    album = Album(options.photos, device)
    while album.count < options.first:
        album.update()
        time.sleep(0.2)
    say(album.count, "photos,", width, "channels,", device)
    held, held_noise = [], None
    patch, n = options.patch, options.batch
    with torch.no_grad():
        # The same crops before and after; the photos they come from are trained on as well, so they tell about learning, not about new photos.
        kept = [album.batch(n, patch, album.weights(patch, True)) for _ in range(HELD_OUT // n)]

    def blind(network):
        def judge(_):
            with torch.no_grad(), precision(device):
                return round(sum(float((network(x, 9) - x).abs().mean()) for x, _ in kept) / len(kept), 4)

        return judge

    refreshed = [0.0, None]

    def crops(known):
        if time.monotonic() - refreshed[0] > 8:
            album.update()
            refreshed[:] = time.monotonic(), album.weights(patch, known)
        return album.batch(n, patch, refreshed[1])

    def fit(step):
        x, _ = crops(False)
        with precision(device):
            y = compiled["teacher"](x, 9)
        return (y - x).abs().mean()

    def written(name, metadata):
        tensors.write(name, {f"{who}.{k}": v for who in states for k, v in states[who].items()}, metadata)

    split = START + 60 * options.minutes * options.teacher_share
    states["teacher"] = cropped(learn("teacher", teacher, fit, blind(teacher), options, split, options.teacher_rate), states["teacher"])
    written(options.out, metadata)
    say("teacher written,", album.count, "photos")

    def pair(x, noise):
        with torch.no_grad():
            z = pairs.drawn(noise, x)
            seen, other = x + pairs.ALPHA * z, x - z / pairs.ALPHA
            with precision(device):
                guess = compiled["teacher"](seen, *atbsn.HOLES)
            return seen, pairs.enriched(noise, guess, other, options.thresholds[1], options.thresholds[0])

    for p in teacher.parameters():
        p.requires_grad_(False)
    refreshed[:] = 0.0, None
    judged = [pair(x, noise) for x, noise in kept]

    def agreement(_):
        with torch.no_grad(), precision(device):
            return round(sum(float((student(seen) - target).abs().mean()) for seen, target in judged) / len(judged), 4)

    def distil(step):
        seen, target = pair(*crops(True))
        with precision(device):
            y = compiled["student"](seen)
        return (y - target).abs().mean()

    states["student"] = cropped(learn("student", student, distil, agreement, options, end - 8, options.student_rate), states["student"])
    written(options.out, metadata)
    say("written,", album.count, "photos")


if __name__ == "__main__":
    main()
