# SPDX-License-Identifier: MIT
"""Makes cases.json beside this file: python3 tests/golden/deep/make.py [FOLDER]
LPIPS 0.1 and DISTS by their definitions, in NumPy and doubles, with weights that are made up: whole
numbers hashed, as tests/support/weights/metric_files.c makes them again. Values of the authors' own
weights, which are not free to be here, they are not. With a FOLDER the weights are left there as
safetensors. Debian packages: python3-numpy, python3-pil."""
import json, os, sys
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..'))
from golden_pictures import distorted, load

# layer of torchvision, channels in and out, kernel, stride, padding, what comes before, compared
ALEXNET = [(0, 3, 64, 11, 4, 2, '', True), (3, 64, 192, 5, 1, 2, 'pool', True), (6, 192, 384, 3, 1, 1, 'pool', True),
           (8, 384, 256, 3, 1, 1, '', True), (10, 256, 256, 3, 1, 1, '', True)]
VGG16 = [(0, 3, 64), (2, 64, 64, True), (5, 64, 128), (7, 128, 128, True), (10, 128, 256), (12, 256, 256),
         (14, 256, 256, True), (17, 256, 512), (19, 512, 512), (21, 512, 512, True), (24, 512, 512), (26, 512, 512),
         (28, 512, 512, True)]
VGG16 = [(n, i, o, 3, 1, 1, 'pool' if n in (5, 10, 17, 24) else '', bool(tap)) for n, i, o, *tap in VGG16]


def hashed(x):
    x = np.atleast_1d(np.asarray(x, np.uint32))
    for shift, factor in ((16, 0x7feb352d), (15, 0x846ca68b), (16, 1)):
        x = (x ^ (x >> shift)) * np.uint32(factor)
    return x


def uniform(seed, count, low, high):
    """In float32, as they are in the files."""
    share = hashed(np.arange(count, dtype=np.uint32) + hashed(seed)) / np.float64(2 ** 32)
    return (low + (high - low) * share).astype(np.float32)


def network(layers, seed):
    weights = {}
    for n, i, o, k, *_ in layers:
        most = np.sqrt(6 / (i * k * k))
        weights[n] = uniform(seed + 2 * n, o * i * k * k, -most, most).reshape(o, i, k, k), uniform(seed + 2 * n + 1, o, -0.1, 0.1)
    heads = [uniform(seed + 80 + t, o, 0, 2) for t, o in enumerate(o for _, _, o, *_, tap in layers if tap)]
    return weights, heads


def convolve(x, kernel, stride, padding):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    k = kernel.shape[-1]
    return np.einsum('ihwyx,oiyx->ohw', sliding_window_view(x, (k, k), axis=(1, 2))[:, ::stride, ::stride],
                     kernel.astype(float), optimize=True)


def max_pool(x, side):
    return sliding_window_view(x, (side, side), axis=(1, 2))[:, ::2, ::2].max((3, 4))


def l2_pool(x):
    window = np.outer([0.5, 1, 0.5], [0.5, 1, 0.5])
    x = np.pad(x * x, ((0, 0), (1, 1), (1, 1)))
    sums = np.einsum('chwyx,yx->chw', sliding_window_view(x, (3, 3), axis=(1, 2))[:, ::2, ::2], window / window.sum())
    return np.sqrt(sums + 1e-12)


def features(x, layers, weights, pool):
    found = []
    for n, _, _, _, stride, padding, before, tap in layers:
        if before:
            x = pool(x)
        kernel, bias = weights[n]
        x = np.maximum(convolve(x, kernel, stride, padding) + bias[:, None, None], 0)
        if tap:
            found.append(x)
    return found


def planes(a):
    return np.moveaxis(a / 255, 2, 0)


def lpips(a, b, layers, model, side):
    shift, scale = np.array([[-.030, -.088, -.188], [.458, .448, .450]])[:, :, None, None]
    both = [features((2 * planes(v) - 1 - shift) / scale, layers, model[0], lambda x: max_pool(x, side)) for v in (a, b)]
    unit = lambda v: v / (np.sqrt((v * v).sum(0)) + 1e-10)
    return sum((head[:, None, None] * (unit(p) - unit(q)) ** 2).sum(0).mean() for p, q, head in zip(*both, model[1]))


def dists(a, b, model, alpha, beta):
    mean, deviation = np.array([[.485, .456, .406], [.229, .224, .225]])[:, :, None, None]
    p, q = [[planes(v)] + features((planes(v) - mean) / deviation, VGG16, model[0], l2_pool) for v in (a, b)]
    s1, s2 = [], []
    for x, y in zip(p, q):
        mx, my = x.mean((1, 2)), y.mean((1, 2))
        s1.append((2 * mx * my + 1e-6) / (mx ** 2 + my ** 2 + 1e-6))
        both = ((x - mx[:, None, None]) * (y - my[:, None, None])).mean((1, 2))
        s2.append((2 * both + 1e-6) / (x.var((1, 2)) + y.var((1, 2)) + 1e-6))
    alpha, beta = alpha.astype(float), beta.astype(float)
    return 1 - (alpha @ np.concatenate(s1) + beta @ np.concatenate(s2)) / (alpha.sum() + beta.sum())


def write(path, tensors):
    header, at = {}, 0
    for name, v in tensors.items():
        header[name] = {'dtype': 'F32', 'shape': v.shape, 'data_offsets': [at, at + v.nbytes]}
        at += v.nbytes
    text = json.dumps(header).encode()
    with open(path, 'wb') as out:
        out.write(len(text).to_bytes(8, 'little') + text)
        for v in tensors.values():
            out.write(v.tobytes())


def case(name, grey, border, width, height):
    first = load(name)
    a, b = first[:height, :width], distorted(first)[:height, :width]
    if grey:
        a, b = a[:, :, [1, 1, 1]], b[:, :, [1, 1, 1]]
    cut = lambda v: v[border:v.shape[0] - border, border:v.shape[1] - border]
    a, b = cut(a), cut(b)
    return {'a': name, 'b': 'distorted', 'channel': 'y', 'grey': grey, 'border': border, 'width': width, 'height': height,
            'lpips': lpips(a, b, ALEXNET, alexnet, 3), 'lpips-vgg': lpips(a, b, VGG16, vgg16, 2),
            'dists': dists(a, b, vgg16, alpha, beta)}


alexnet, vgg16 = network(ALEXNET, 1000), network(VGG16, 2000)
alpha, beta = uniform(3000, 1475, 0.05, 0.15), uniform(3001, 1475, 0.05, 0.15)

if __name__ == '__main__':
    if len(sys.argv) > 1:
        named = lambda weights, form: {form % (n, kind): v for n, pair in weights.items() for kind, v in zip(('weight', 'bias'), pair)}
        for title, (weights, heads) in (('alexnet', alexnet), ('vgg16', vgg16)):
            write(os.path.join(sys.argv[1], title + '.safetensors'), named(weights, 'features.%d.%s'))
            write(os.path.join(sys.argv[1], title + '-heads.safetensors'),
                  {'lin%d.model.1.weight' % t: v.reshape(1, -1, 1, 1) for t, v in enumerate(heads)})
        write(os.path.join(sys.argv[1], 'dists.safetensors'), {'alpha': alpha.reshape(1, -1, 1, 1), 'beta': beta.reshape(1, -1, 1, 1)})
    cases = [case('kitten.png', False, 0, 67, 45), case('skyscraper.png', True, 0, 33, 64), case('osprey.png', False, 4, 39, 43)]
    with open(os.path.join(here, 'cases.json'), 'w') as out:
        json.dump({'cases': cases}, out, indent=1)
        out.write('\n')
