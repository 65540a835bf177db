"""ResNet-32 and single operations in PyTorch, timed on request: test/bench/contestant.mjs says how it is asked.

    python3 resnet32.py THREADS nchw|channels_last
"""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

from network import ResNet32

threads, layout = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(threads)
FORMAT = torch.channels_last if layout == "channels_last" else torch.contiguous_format


def images(*shape):
    return torch.randn(*shape).to(memory_format=FORMAT)


def train(count):
    model = ResNet32().to(memory_format=FORMAT)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=2e-4)
    x, y = images(count, 3, 32, 32), torch.arange(count) % 10

    def step():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def evaluate(count):
    model = ResNet32().to(memory_format=FORMAT).eval()
    x = images(count, 3, 32, 32)

    def forward():
        with torch.no_grad():
            model(x)

    return forward


def conv(count, size, inputs, outputs, kernel, stride):
    x = images(count, inputs, size, size)
    filters = torch.randn(outputs, inputs, kernel, kernel).to(memory_format=FORMAT)
    return lambda: F.conv2d(x, filters, stride=stride, padding=kernel // 2)


def matmul(rows, inner, columns):
    a, b = torch.randn(rows, inner), torch.randn(inner, columns)
    return lambda: a @ b


tasks = {}
for line in sys.stdin:
    name, *arguments = json.loads(line)
    key = (name, *arguments)
    if key not in tasks:
        run = {"train": train, "evaluate": evaluate, "conv": conv, "matMul": matmul}[name](*arguments)
        run()
        start = time.perf_counter()
        run()
        tasks[key] = run, math.ceil(1 / (time.perf_counter() - start))
    run, times = tasks[key]
    run()
    start = time.perf_counter()
    for _ in range(times):
        run()
    print(json.dumps({"seconds": (time.perf_counter() - start) / times}), flush=True)
