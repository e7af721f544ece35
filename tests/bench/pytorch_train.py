#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times the steps of training that `upscale_bench train` times, in PyTorch (python3-torch).

Data is noise and already in memory; the optimiser is Adam, the cheapest to run.
"""
import time

import torch
from torch import nn

BATCH, PATCH = 144, 16


class Net(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, channels, 3, padding=1), nn.PReLU(channels))
        self.body = nn.Sequential(*[part for _ in range(layers) for part in (
            nn.Conv2d(channels, channels, 3, padding=1), nn.PReLU(channels))])
        self.last = nn.Conv2d(channels, 4, 3, padding=1)

    def forward(self, x):
        first = self.first(x)
        return self.last(first + self.body(first))


def milliseconds(net, threads):
    torch.set_num_threads(threads)
    adam = torch.optim.Adam(net.parameters(), lr=1e-6)
    low, residual = torch.rand(BATCH, 1, PATCH, PATCH), torch.zeros(BATCH, 4, PATCH, PATCH)
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        adam.zero_grad()
        (net(low) - residual).abs().mean().backward()
        adam.step()
        best = min(best, time.perf_counter() - start)
    return 1e3 * best


for threads in (1, 2):
    print("\ntraining x2, PyTorch %s, %d thread%s\n%-40s %9s" % (
        torch.__version__, threads, "s"[:threads - 1], "", "ms/step"))
    for name, *shape in (("small", 12, 9), ("large", 32, 12)):
        print("%-31s %-8s %9.1f" % ("%s (%d channels, %d layers)" % (name, *shape), "PyTorch",
                                    milliseconds(Net(*shape), threads)))
