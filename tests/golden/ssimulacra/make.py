# SPDX-License-Identifier: MIT
"""Makes cases.json beside this file: python3 tests/golden/ssimulacra/make.py SSIMULACRA2
SSIMULACRA2 is the authors' program (SSIMULACRA 2.1, Cloudinary's repository ssimulacra2 with Highway
1.0.3); Butteraugli and its 3-norm are those of libjxl's butteraugli_main (0.7.0). Both round: the
filter of the first is a recursion in floats, which is what `ssimulacra2` here is without: its
definition, in doubles.
Debian packages: libjxl-devtools, python3-numpy, python3-pil, python3-scipy."""
import json, os, re, subprocess, sys, tempfile
import numpy as np
from PIL import Image
from scipy.ndimage import correlate1d

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..'))
from golden_pictures import distorted, load

SOURCE = os.path.join(here, '../../../src/measure/kinds/ssimulacra2.c')


# Charalampidis 2016: three cosines over 2 N - 1 taps, whose sum is 1 and whose variance is that of
# the Gaussian; what is left is how near they come to it.
def window(sigma=1.5):
    n = round(3.2795 * sigma + 0.2546)
    w = np.array([1, 3, 5]) * np.pi / (2 * n)
    p = np.array([1, -1, 1]) / np.tan(w / 2)
    r = np.array([1, -1, 1]) * p ** 2 / np.sin(w)
    rho = np.exp(-sigma ** 2 * w ** 2 / 2) / n
    zeta = np.cross(p, r)[[0, 1]] / np.cross(p, r)[2]
    a = np.array([p, r, [*zeta, 1]])
    beta = np.linalg.solve(a, [1, n * n - sigma ** 2, zeta @ rho[:2] + rho[2]])
    return np.cos(np.outer(np.arange(1 - n, n), w)) @ beta


def light(a):
    v = a / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def xyb(rgb):
    b = np.array([0.24342268924547819, 0.20476744424496821])
    mix = np.array([[0.3, 0.622, 0.078], [0.23, 0.692, 0.078], [*b, 1 - b.sum()]])
    bias = 0.0037930732552754493
    l, m, s = np.moveaxis(np.cbrt(rgb @ mix.T + bias) - np.cbrt(bias), 2, 0)
    return np.stack([7 * (l - m) + 0.42, (l + m) / 2 + 0.01, s - (l + m) / 2 + 0.55])


def halve(a):
    h, w, _ = a.shape
    a = np.pad(a, ((0, h % 2), (0, w % 2), (0, 0)), mode='edge')
    return (a[::2, ::2] + a[1::2, ::2] + a[::2, 1::2] + a[1::2, 1::2]) / 4


def maps(p, q, taps):
    blur = lambda v: correlate1d(correlate1d(v, taps, axis=2, mode='constant'), taps, axis=1, mode='constant')
    m, n = blur(p), blur(q)
    structure = (2 * (blur(p * q) - m * n) + 0.0009) / (blur(p * p) - m * m + blur(q * q) - n * n + 0.0009)
    edge = (1 + abs(q - n)) / (1 + abs(p - m)) - 1
    return np.maximum([1 - (1 - (m - n) ** 2) * structure, edge, -edge], 0)


def ssimulacra2(a, b):
    text = open(SOURCE).read()
    text = text[text.index('double weight['):]
    weight = np.array(re.findall(r'\{ ([^{}]*) \}', text)[:36])
    weight = np.array([[float(v) for v in row.split(',')] for row in weight]).ravel()
    assert weight.size == 108
    a, b = light(a), light(b)
    found = []
    for scale in range(6):
        if scale:
            if min(a.shape[:2]) < 8:
                break
            a, b = halve(a), halve(b)
        e = maps(xyb(a), xyb(b), window())
        found.append([e.mean((2, 3)), (e ** 4).mean((2, 3)) ** 0.25])
    flat = np.array(found).transpose(3, 0, 1, 2).ravel()
    s = 0.9562382616834844 * (flat @ weight[:flat.size])
    s = 2.326765642916932 * s - 0.020884521182843837 * s ** 2 + 6.248496625763138e-05 * s ** 3
    return 100 - 10 * s ** 0.6276336467831387 if s > 0 else 100


def programs(a, b):
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, n) for n in ('a.png', 'b.png')]
        for name, v in zip(names, (a, b)):
            Image.fromarray(np.squeeze(v).astype(np.uint8)).save(name)
        run = lambda program, *args: subprocess.run([program, *names, *args], check=True, capture_output=True, text=True).stdout
        authors = float(run(sys.argv[1]).split()[-1])
        most, three = run('butteraugli_main', '--pnorm', '3').split('\n')[:2]
        return authors, float(most), float(three.split()[-1])


def case(name, other, grey, border, width, height):
    a = load(name)
    b = distorted(a) if other == 'distorted' else load(other)
    h, w = min(a.shape[0], b.shape[0], height), min(a.shape[1], b.shape[1], width)
    a, b = (v[border:h - border, border:w - border] for v in (a[:h, :w], b[:h, :w]))
    if grey:
        a, b = a[:, :, 1:2], b[:, :, 1:2]
    authors, most, three = programs(a, b)
    a, b = (np.repeat(v, 3, 2) if grey else v for v in (a, b))
    return {'a': name, 'b': other, 'channel': 'y', 'grey': grey, 'border': border, 'width': w, 'height': h,
            'authors': authors, 'ssimulacra2': ssimulacra2(a, b), 'butteraugli': most, 'butteraugli-3': three}


if __name__ == '__main__':
    cases = [case('kitten.png', 'distorted', False, 0, 9999, 9999),
             case('kitten.png', 'distorted', True, 3, 257, 195),
             case('skyscraper.png', 'distorted', False, 2, 331, 127),
             case('osprey.png', 'distorted', False, 0, 61, 83),
             case('drawing.png', 'osprey.png', False, 0, 300, 211)]
    with open(os.path.join(here, 'cases.json'), 'w') as out:
        json.dump({'cases': cases}, out, indent=1)
        out.write('\n')
