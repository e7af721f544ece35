# SPDX-License-Identifier: MIT
"""Fits what NIQE takes for natural: python3 fit_niqe.py PICTURE... > niqe_model.inc
(Debian: python3-numpy, python3-scipy, python3-pil). The model in this folder was fitted on 61
photographs, 167 megapixels: 24 of the collections budgie-backgrounds and fedora-backgrounds
(CC0-1.0), halved so that no traces of JPEG are left, and 37 of CLIC 2025 (Unsplash licence).

It is also NIQE in NumPy, after Mittal, Soundararajan and Bovik, "Making a completely blind image
quality analyzer", 2013, which the tests compare with."""
import sys
import numpy as np
from PIL import Image
from scipy.ndimage import correlate1d
from scipy.special import gamma

SIDE, SHARP = 96, 0.75
SHAPES = np.arange(200, 10001) / 1000
RATIOS = gamma(2 / SHAPES) ** 2 / (gamma(1 / SHAPES) * gamma(3 / SHAPES))
WINDOW = np.exp(-np.arange(-3, 4) ** 2 / (2 * (7 / 6) ** 2))
WINDOW /= WINDOW.sum()
HALVE = np.array([-0.0234375, -0.0703125, 0.2265625, 0.8671875])
HALVE = np.concatenate([HALVE, HALVE[::-1]]) / 2  # MATLAB's imresize, bicubic


def luma(a):
    """MATLAB's rgb2ycbcr, of 8 bits."""
    return np.floor(16.5 + np.asarray(a, float) @ [65.481 / 255, 128.553 / 255, 24.966 / 255])


def halve(a):
    for axis in (0, 1):
        a = correlate1d(a, HALVE, axis=axis, mode='reflect', origin=-1)
        a = np.take(a, np.arange(0, a.shape[axis], 2), axis)
    return a


def normalised(a):
    blur = lambda v: correlate1d(correlate1d(v, WINDOW, axis=0, mode='nearest'), WINDOW, axis=1, mode='nearest')
    mean = blur(a)
    deviation = np.sqrt(abs(blur(a * a) - mean ** 2))
    return (a - mean) / (deviation + 1), deviation


def asymmetric(v):
    """Shape, left and right scale of an asymmetric generalised Gaussian, by moments."""
    left, right = (np.sqrt(np.mean(v[side] ** 2)) for side in (v < 0, v > 0))
    ratio = left / right
    r = np.mean(abs(v)) ** 2 / np.mean(v ** 2) * (ratio ** 3 + 1) * (ratio + 1) / (ratio ** 2 + 1) ** 2
    shape = SHAPES[np.argmin((RATIOS - r) ** 2)]
    scale = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, left * scale, right * scale


def features_of_block(v):
    shape, left, right = asymmetric(v)
    found = [shape, (left + right) / 2]
    for shift in ((0, 1), (1, 0), (1, 1), (1, -1)):
        shape, left, right = asymmetric(v * np.roll(v, shift, (0, 1)))
        found += [shape, (right - left) * gamma(2 / shape) / gamma(1 / shape), left, right]
    return found


def blocks(a, side):
    return [a[y:y + side, x:x + side] for y in range(0, a.shape[0], side) for x in range(0, a.shape[1], side)]


def features(plane):
    """Of blocks that have features, which flat ones have not: these, [block][36], and their sharpness."""
    plane = np.asarray(plane, float)
    plane = plane[:plane.shape[0] // SIDE * SIDE, :plane.shape[1] // SIDE * SIDE]
    fine, deviation = normalised(plane)
    coarse, _ = normalised(halve(plane))
    sharpness = np.array([b.mean() for b in blocks(deviation, SIDE)])
    pairs = list(zip(blocks(fine, SIDE), blocks(coarse, SIDE // 2)))
    kept = [i for i, pair in enumerate(pairs) if all(abs(b).max() > 1e-3 for b in pair)]
    with np.errstate(all='ignore'):
        found = np.array([features_of_block(pairs[i][0]) + features_of_block(pairs[i][1]) for i in kept])
    finite = np.isfinite(found).all(1)
    return found[finite], sharpness[kept][finite]


def niqe(plane, mean, covariance):
    f, _ = features(plane)
    off = f.mean(0) - mean
    own = np.cov(f, rowvar=False) if len(f) > 1 else 0
    return np.sqrt(off @ np.linalg.pinv((covariance + own) / 2) @ off)


def read_model(path):
    text = open(path).read()
    rows = [[float(v) for v in line.strip(' ,\n').split(',')] for line in text.split('\n') if line.startswith('    ')]
    covariance = np.zeros((36, 36))
    for i, row in enumerate(rows[1:]):
        covariance[i, :i + 1] = covariance[:i + 1, i] = row
    return np.array(rows[0]), covariance


def main():
    found = []
    for path in sys.argv[1:]:
        f, sharpness = features(luma(Image.open(path).convert('RGB')))
        found.append(f[sharpness > SHARP * sharpness.max()])
        print(path, len(found[-1]), 'of', len(f), file=sys.stderr)
    found = np.concatenate(found)
    print('/* Made by fit_niqe.py of %d blocks: means, and the lower half of the covariance. */' % len(found))
    line = lambda row: '    ' + ', '.join('%.7g' % v for v in row) + ','
    print(line(found.mean(0)))
    for i, row in enumerate(np.cov(found, rowvar=False)):
        print(line(row[:i + 1]))


if __name__ == '__main__':
    main()
