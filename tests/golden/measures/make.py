"""Makes cases.json beside this file: python3 tests/golden/measures/make.py
Debian packages: python3-skimage (0.19.3 made what is committed), python3-pil, python3-scipy.
MSE, PSNR and SSIM are scikit-image's; MS-SSIM follows Wang's msssim.m with scipy."""
import json, os, sys
import numpy as np, scipy, skimage
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2ycbcr
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..'))
from golden_pictures import distorted, load


def planes(a, channel):
    if channel == 'rgb':
        return [a[:, :, c].astype(float) for c in range(3)]
    return [np.floor(rgb2ycbcr(a.astype(np.uint8))[:, :, 0] + 0.5)]


SSIM = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255)


def contrast(a, b):
    mean = lambda v: gaussian_filter(v, 1.5, truncate=3.5)[5:-5, 5:-5]
    va, vb, cov = (mean(p * q) - mean(p) * mean(q) for p, q in ((a, a), (b, b), (a, b)))
    c2 = (0.03 * 255) ** 2
    return ((2 * cov + c2) / (va + vb + c2)).mean()


def halve(v):
    v = np.pad(v, ((0, v.shape[0] % 2), (0, v.shape[1] % 2)), mode='edge')
    return (v[::2, ::2] + v[1::2, ::2] + v[::2, 1::2] + v[1::2, 1::2]) / 4


def ms_ssim(a, b):
    result = 1
    for power in (0.0448, 0.2856, 0.3001, 0.2363):
        result *= max(contrast(a, b), 0) ** power
        a, b = halve(a), halve(b)
    return result * max(structural_similarity(a, b, **SSIM), 0) ** 0.1333


def case(name, other, channel, border):
    a = load(name)
    b = distorted(a) if other == 'distorted' else load(other)
    h, w = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    inside = slice(border, h - border), slice(border, w - border)
    pa = [p[:h, :w][inside] for p in planes(a, channel)]
    pb = [p[:h, :w][inside] for p in planes(b, channel)]
    return dict(a=name, b=other, channel=channel, border=border,
                mse=mean_squared_error(np.array(pa), np.array(pb)),
                psnr=peak_signal_noise_ratio(np.array(pa), np.array(pb), data_range=255),
                ssim=np.mean([structural_similarity(p, q, **SSIM) for p, q in zip(pa, pb)]),
                ms_ssim=np.mean([ms_ssim(p, q) for p, q in zip(pa, pb)]))


if __name__ == '__main__':
    cases = [case(*of) for of in [
        ('kitten.png', 'distorted', 'y', 0), ('kitten.png', 'distorted', 'rgb', 3),
        ('osprey.png', 'distorted', 'y', 4), ('circuits.png', 'distorted', 'rgb', 0),
        ('skyscraper.png', 'distorted', 'y', 2), ('kitten.png', 'circuits.png', 'y', 2)]]
    made = 'make.py, scikit-image %s, scipy %s, numpy %s' % (skimage.__version__, scipy.__version__, np.__version__)
    with open(os.path.join(here, 'cases.json'), 'w') as f:
        json.dump(dict(made_with=made, cases=cases), f, indent=1)
        f.write('\n')
