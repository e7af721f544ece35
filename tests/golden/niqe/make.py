# SPDX-License-Identifier: MIT
"""Makes cases.json beside this file: python3 tests/golden/niqe/make.py
By the definition in NumPy that also fitted the model, src/measure/kinds/niqe/fit_niqe.py (SciPy 1.10)."""
import json, os, sys
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
niqe = os.path.join(here, '../../../src/measure/kinds/niqe')
sys.path[:0] = [niqe, os.path.join(here, '..')]
import fit_niqe
from golden_pictures import distorted, load

model = fit_niqe.read_model(os.path.join(niqe, 'niqe_model.inc'))


def case(name, other, channel, grey, border, width, height):
    a = distorted(load(name)) if other == 'distorted' else load(other)
    h, w = min(a.shape[0], height), min(a.shape[1], width)
    v = a[border:h - border, border:w - border]
    planes = [v[:, :, 1]] if grey and channel == 'y' else [v[:, :, 1]] * 3 if grey else \
        [fit_niqe.luma(v)] if channel == 'y' else np.moveaxis(v, 2, 0)
    return {'a': name, 'b': other, 'channel': channel, 'grey': grey, 'border': border, 'width': w, 'height': h,
            'niqe': np.mean([fit_niqe.niqe(p, *model) for p in planes])}


if __name__ == '__main__':
    cases = [case('kitten.png', 'kitten.png', 'y', False, 0, 9999, 9999),
             case('kitten.png', 'distorted', 'y', True, 3, 257, 203),
             case('skyscraper.png', 'distorted', 'rgb', False, 2, 331, 127),
             case('drawing.png', 'drawing.png', 'y', False, 0, 300, 211),
             case('osprey.png', 'osprey.png', 'rgb', True, 0, 100, 101)]
    with open(os.path.join(here, 'cases.json'), 'w') as out:
        json.dump({'cases': cases}, out, indent=1)
        out.write('\n')
