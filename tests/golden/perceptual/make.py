# SPDX-License-Identifier: MIT
"""Makes cases.json beside this file: python3 tests/golden/perceptual/make.py FOLDER (which takes minutes)
FOLDER holds what the authors of the measures have published: FeatureSIM.m (FSIM, Zhang), GMSD.m
(Xue), psnrhvsm.m (Ponomarenko), which run in GNU Octave (7.3 made what is committed), and sewar's
full_ref.py with its utils.py (0.4.8; VIFp) in a folder `sewar` beside an empty __init__.py. CIEDE2000 is scikit-image's (0.19.3);
blockiness and sharpness are NumPy's, by definition.
Debian packages: octave, octave-image, octave-signal, python3-skimage, python3-pil, python3-scipy."""
import importlib.util, json, os, subprocess, sys, tempfile
import numpy as np
from scipy.io import savemat
from skimage.color import deltaE_ciede2000, rgb2lab

here = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location('measures', os.path.join(here, '../measures/make.py'))
measures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(measures)
distorted, load, planes = measures.distorted, measures.load, measures.planes
authors = os.path.abspath(sys.argv[1])
sys.path.insert(0, authors)
from sewar.full_ref import vifp

PROGRAM = """
pkg load image; pkg load signal; load('in.mat'); out = fopen('out.txt', 'w');
[f, fc] = FeatureSIM(uint8(rgb1), uint8(rgb2)); fprintf(out, '%.12g %.12g\\n', f, fc);
for c = 1:size(p1, 3)
  [m, h] = psnrhvsm(p1(:,:,c), p2(:,:,c));
  fprintf(out, '%.12g %.12g %.12g\\n', m, h, GMSD(p1(:,:,c), p2(:,:,c)));
end
"""


def octave(a, b, p, q):
    with tempfile.TemporaryDirectory() as folder:
        savemat(os.path.join(folder, 'in.mat'), dict(rgb1=a, rgb2=b, p1=np.dstack(p), p2=np.dstack(q)))
        subprocess.run(['octave-cli', '-q', '--path', authors, '--eval', PROGRAM], cwd=folder, check=True)
        return [[float(v) for v in line.split()] for line in open(os.path.join(folder, 'out.txt'))]


def blocks(p, border):
    step = {False: [], True: []}
    for axis in (0, 1):
        d = np.abs(np.diff(p, axis=axis))
        edge = (np.arange(1, p.shape[axis]) + border) % 8 == 0
        for e in (False, True):
            step[e].append(np.compress(edge == e, d, axis).ravel())
    return step


def laplacian(p):
    return (p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * p[1:-1, 1:-1]).ravel()


def joined_psnr(values):
    return 10 * np.log10(255 ** 2 / np.mean([255 ** 2 / 10 ** (v / 10) for v in values]))


def case(name, other, channel, border, width, height):
    a = load(name)
    b = distorted(a) if other == 'distorted' else load(other)
    h, w = min(a.shape[0], b.shape[0], height), min(a.shape[1], b.shape[1], width)
    a, b = (v[border:h - border, border:w - border] for v in (a[:h, :w], b[:h, :w]))
    p, q = planes(a, channel), planes(b, channel)
    (fsim, fsimc), *rest = octave(a, b, p, q)
    step = [blocks(v, border) for v in q]
    mean = {e: np.concatenate([s for d in step for s in d[e]]).mean() for e in (False, True)}
    return {'a': name, 'b': other, 'channel': channel, 'border': border, 'width': w, 'height': h,
            'psnr-hvs': joined_psnr([r[1] for r in rest]), 'psnr-hvs-m': joined_psnr([r[0] for r in rest]),
            'gmsd': np.mean([r[2] for r in rest]), 'vifp': np.mean([vifp(*v) for v in zip(p, q)]),
            'fsim': fsim, 'fsimc': fsimc,
            'ciede2000': deltaE_ciede2000(*(rgb2lab(v.astype(np.uint8)) for v in (a, b))).mean(),
            'blockiness': mean[True] / mean[False], 'sharpness': np.concatenate([laplacian(v) for v in q]).std()}


if __name__ == '__main__':
    cases = [case('kitten.png', 'distorted', 'y', 0, 9999, 9999),
             case('kitten.png', 'distorted', 'rgb', 3, 257, 195),
             case('skyscraper.png', 'distorted', 'y', 2, 331, 127),
             case('drawing.png', 'osprey.png', 'y', 0, 300, 211)]
    with open(os.path.join(here, 'cases.json'), 'w') as out:
        json.dump({'cases': cases}, out, indent=1)
        out.write('\n')
