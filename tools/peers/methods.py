"""The methods that peers.py measures, and how each is called.

A method is a function (path, photo as bytes, strength) -> denoised bytes, and the table METHODS names it together with
its strengths: from visibly too weak to visibly too strong for the noise of a photo. Import this before numpy.
"""

import os

for _limit in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MAGICK_THREAD_LIMIT"):
    os.environ[_limit] = "1"  # before anything reads it

import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import cv2
import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import restoration

cv2.setNumThreads(1)


def read(path):
    """The photo as height x width x 3 bytes."""
    return np.asarray(Image.open(path).convert("RGB"))


def to_bytes(x):
    return np.clip(np.rint(x), 0, 255).astype(np.uint8)


def gaussian(_, photo, sigma):
    return to_bytes(ndimage.gaussian_filter(photo.astype(float), (sigma, sigma, 0)))


def median(_, photo, side):
    return ndimage.median_filter(photo, (side, side, 1))


def opencv_means(_, photo, h):
    return cv2.fastNlMeansDenoisingColored(photo[..., ::-1], None, h, h, 7, 21)[..., ::-1]


def opencv_bilateral(_, photo, strength):
    colour, space = strength
    return cv2.bilateralFilter(photo, 0, colour, space)


def estimated_sigma(x):
    return float(np.mean(restoration.estimate_sigma(x, channel_axis=-1)))


def skimage_means(_, photo, factor):
    x = photo / 255.0
    h = factor * estimated_sigma(x)
    return to_bytes(255 * restoration.denoise_nl_means(x, 5, 6, h, fast_mode=True, channel_axis=-1))


def skimage_wavelet(_, photo, factor):
    x = photo / 255.0
    out = restoration.denoise_wavelet(
        x, factor * estimated_sigma(x), method="BayesShrink", convert2ycbcr=True, rescale_sigma=True, channel_axis=-1
    )
    return to_bytes(255 * out)


def skimage_variation(_, photo, weight):
    return to_bytes(255 * restoration.denoise_tv_chambolle(photo / 255.0, weight, channel_axis=-1))


def program(*words):
    """A method that is a program: {in} and {out} are files, {home} a folder of its own, {0}, {1}, … the strength."""

    def run(path, _, strength):
        numbers = strength if isinstance(strength, tuple) else (strength,)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out.png"
            command = [w.format(*numbers, **{"in": path, "out": out, "home": folder}) for w in words]
            done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"HOME": folder})
            if done.returncode or not out.exists():
                raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
            return read(out)

    return run


def repeated(option):
    """GraphicsMagick's filters have no strength, they are repeated."""

    def run(path, photo, times):
        return program("gm", "convert", "{in}", *[option] * times, "{out}")(path, photo, times)

    return run


# What the panel "Noise Reduction" of RawTherapee writes; everything else stays neutral.
PP3 = """[Version]
AppVersion=5.9
Version=349

[Directional Pyramid Denoising]
Enabled=true
Luma={}
Ldetail=0
Chroma={}
Method=Lab
LMethod=SLI
CMethod=MAN
C2Method=MANU
SMethod=shal
Gamma=1.7
Passes=1
Median={}
MedMethod=55
MethodMed=Lpab
"""


# What darktable keeps of one module in its history; blendop_params are those of a module without a mask.
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5" darktable:raw_params="0"
 darktable:auto_presets_applied="1" darktable:history_end="1" darktable:iop_order_version="2">
<darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="{module}" darktable:enabled="1"
 darktable:modversion="{version}" darktable:params="{params}" darktable:multi_name="" darktable:multi_priority="0"
 darktable:blendop_version="11" darktable:blendop_params="gz12eJxjYGBgkGAAgRNODESDBnsIHll8ANNSGQM="/>
</rdf:Seq></darktable:history></rdf:Description></rdf:RDF></x:xmpmeta>
"""


def darktable(module, version, pack):
    """A module of darktable; pack makes its parameters of the strength. Without a module the output equals the input."""

    def run(path, photo, strength):
        with tempfile.NamedTemporaryFile("w", suffix=".xmp") as history:
            numbers = strength if isinstance(strength, tuple) else (strength,)
            history.write(XMP.format(module=module, version=version, params=pack(*numbers).hex()))
            history.flush()
            words = ["darktable-cli", "{in}", history.name, "{out}", "--apply-custom-presets", "0", "--core"]
            words += ["--configdir", "{home}", "--library", ":memory:", "--disable-opencl", "-t", "1"]
            return program(*words)(path, photo, strength)

    return run


def astrophoto(radius, strength, luma):
    return struct.pack("<4f", radius, strength, luma, 1)


def profiled(strength):
    """Version 11, wavelets with their default curves; -1 asks for the noise profile that darktable finds."""
    curves = [j / 6 for _ in range(6) for j in range(7)] + [0.5] * 42
    return struct.pack("<14fi84f4i", 1, 7, strength, 1, 0, 0, 0.1, 1, -1, 0, 0, 0, 0, 0, 1, *curves, 1, 1, 1, 1)


def rawtherapee(path, photo, strength):
    with tempfile.NamedTemporaryFile("w", suffix=".pp3") as profile:
        profile.write(PP3.format(*strength))
        profile.flush()
        # -a: also files that are no raws. The rest of the pipeline is neutral: with noise reduction off, the output
        # equals the input byte for byte.
        words = ["rawtherapee-cli", "-a", "-q", "-o", "{out}", "-p", profile.name, "-n", "-b8", "-Y", "-c", "{in}"]
        return program(*words)(path, photo, strength)


@dataclass
class Method:
    name: str
    knob: str  # what the strength is
    strengths: list
    run: Callable
    needs: str = ""  # a program


METHODS = [
    Method("SciPy Gaussian blur", "σ", [0.6, 0.8, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6], gaussian),
    Method("SciPy median", "side", [3, 5, 7, 9, 11, 15], median),
    Method("OpenCV bilateral", "σ colour / space",
           [(c, s) for c in (8, 15, 30, 60, 120, 240) for s in (1.5, 3, 5, 8)], opencv_bilateral),
    Method("OpenCV fastNlMeansDenoisingColored", "h = hColor", [2, 3, 5, 8, 12, 18, 26, 36], opencv_means),
    Method("scikit-image wavelet, BayesShrink", "× estimated σ", [1, 2, 3, 4, 6, 9], skimage_wavelet),
    Method("scikit-image TV-Chambolle", "weight", [0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6], skimage_variation),
    Method("scikit-image non-local means, fast", "h × estimated σ", [0.6, 0.8, 1.2, 2, 3, 5], skimage_means),
    Method("GraphicsMagick -enhance", "times", [1, 2, 4, 8], repeated("-enhance"), "gm"),
    Method("GraphicsMagick -despeckle", "times", [1, 2, 4, 8], repeated("-despeckle"), "gm"),
    Method("ImageMagick -wavelet-denoise", "threshold %", [1, 2, 4, 7, 12, 20, 30, 45],
           program("convert-im6.q16", "{in}", "-wavelet-denoise", "{0}%", "{out}"), "convert-im6.q16"),
    Method("G'MIC smooth", "amplitude", [5, 10, 20, 60, 120, 240, 500, 1000],
           program("gmic", "-v", "-", "{in}", "smooth", "{0}", "-o", "{out}"), "gmic"),
    Method("G'MIC denoise (patches)", "σ patch", [1, 2, 3, 6, 10, 20, 30, 45],
           program("gmic", "-v", "-", "{in}", "denoise", "10,{0},5,7,1,0", "-o", "{out}"), "gmic"),
    Method("darktable astrophoto denoise", "patch / strength / luma",
           [(2, 10, 0.5), (2, 25, 1), (2, 50, 1), (1, 50, 1), (2, 100, 1), (1, 100, 1)],
           darktable("nlmeans", 2, astrophoto), "darktable-cli"),
    Method("darktable denoise (profiled), wavelets", "strength", [1, 3, 10, 30, 50],
           darktable("denoiseprofile", 11, profiled), "darktable-cli"),
    Method("RawTherapee noise reduction", "luminance / chrominance / median",
           [(l, c, m) for l, c in ((10, 15), (20, 15), (40, 15), (40, 40), (60, 40), (80, 40), (95, 60))
            for m in ("false", "true")],
           rawtherapee, "rawtherapee-cli"),
]
