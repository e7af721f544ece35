# SPDX-License-Identifier: MIT
"""The pictures that measures are checked on, for the make.py of each folder."""
import os
import numpy as np
from PIL import Image

pictures = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../samples/pictures')


def load(name):
    return np.asarray(Image.open(os.path.join(pictures, name)).convert('RGB')).astype(int)


def distorted(a):
    """A blur and a pattern, in whole numbers, so that the test can make the same."""
    left = np.concatenate([a[:, :1], a[:, :-1]], 1)
    above = np.concatenate([a[:1], a[:-1]], 0)
    y, x, c = np.meshgrid(*map(np.arange, a.shape), indexing='ij')
    return np.clip((2 * a + left + above) // 4 + (7 * x * x + 13 * y + 29 * c + x * y) % 23 - 11, 0, 255)
