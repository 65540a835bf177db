"""ResNet-32 trained in PyTorch on CUDA, in each way that people do it: the peer of the GPU backend.

    python3 test/bench/gpu/resnet32.py [--rounds 5] [--steps 50] [--batch 128] [--only NAME ...] [--device cuda|cpu]
    python3 test/bench/gpu/resnet32.py --serve

Served, a line of standard input is a task, ["graph"] or ["graph", 50] for so many steps, and its answer a line
{"seconds": 0.001, ...}, for one step, or {"error": "..."}: as test/bench/process.mjs asks.

Rounds are interleaved. One line of JSON for each contestant, as below, and a table; medians over rounds, for one step:
milliseconds by the device's clock (CUDA events), wallMilliseconds by ours, peakMiB of memory allocated beside the others.
"""
import argparse
import json
import statistics
import sys
import time
import warnings

import torch

from authors import Authors
from ceilings import Copy, Product
from training import Compiled, Graph, Training

# MiB copied and size of matrices, on CUDA and on a CPU.
SIZES = {"copy": (1024, 64), "matmul": (8192, 512)}


def contestants(device, batch):
    """What prepares each; last what takes long to, or may fail."""
    size = {name: sizes[device == "cpu"] for name, sizes in SIZES.items()}
    train = {
        "eager-float32": (Training, {"tf32": False}),
        "eager": (Training, {}),
        "eager-channels-last": (Training, {"layout": "channels_last"}),
        "graph-float32": (Graph, {"tf32": False, "fused": True}),
        "graph": (Graph, {"fused": True}),
        "graph-channels-last": (Graph, {"layout": "channels_last", "fused": True}),
        "graph-bfloat16": (Graph, {"layout": "channels_last", "dtype": torch.bfloat16, "fused": True}),
        "graph-float16": (Graph, {"layout": "channels_last", "dtype": torch.float16, "fused": True}),
        "authors": (Authors, {}),
    }
    prepare = {
        "copy": lambda: Copy(device, size["copy"]),
        "matmul-float32": lambda: Product(device, size["matmul"], tf32=False),
        "matmul-tf32": lambda: Product(device, size["matmul"], tf32=True),
    }
    for name, (kind, options) in {**train, "compile": (Compiled, {})}.items():
        prepare[name] = lambda kind=kind, options=options: kind(device, batch, **options)
    return prepare


class Stopwatch:
    """Prepares contestants when first asked for, and times them."""

    def __init__(self, device, batch):
        self.cuda, self.batch = device == "cuda", batch
        self.prepare, self.ready, self.peaks = contestants(device, batch), {}, {}

    def get(self, name):
        if name not in self.ready:
            before = torch.cuda.memory_allocated() if self.cuda else 0
            if self.cuda:
                torch.cuda.reset_peak_memory_stats()
            self.ready[name] = self.prepare[name]()
            self.wait()
            if self.cuda:
                self.peaks[name] = (torch.cuda.max_memory_allocated() - before) / 2**20
        return self.ready[name]

    def wait(self):
        if self.cuda:
            torch.cuda.synchronize()

    def time(self, name, steps):
        """Seconds that a step takes, by our clock and by the device's."""
        one = self.get(name)
        steps = one.steps_of(steps)
        if self.cuda:
            first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        one.run(1)
        self.wait()
        start = time.perf_counter()
        if self.cuda:
            first.record()
        one.run(steps)
        if self.cuda:
            last.record()
        self.wait()
        seconds = (time.perf_counter() - start) / steps
        return seconds, first.elapsed_time(last) / 1000 / steps if self.cuda else seconds

    def rates(self, name, seconds):
        one = self.ready[name]
        if not isinstance(one, Training):
            return {one.unit: round(one.work / seconds, 3)}
        return {"imagesPerSecond": round(self.batch / seconds, 1), "loss": round(float(one.loss), 4)}


def tried(run):
    """What it returns, or what failed: one contestant less is no reason to lose the others."""
    try:
        return run(), None
    except Exception as error:  # noqa: BLE001
        return None, f"{type(error).__name__}: {error}"[:400]


def say(**line):
    print(json.dumps(line), flush=True)


def note(text):
    """Progress: what is left to read if the end is not reached."""
    print(text, file=sys.stderr, flush=True)


def serve(watch, steps):
    for line in sys.stdin:
        name, *count = json.loads(line)
        times, error = tried(lambda: watch.time(name, count[0] if count else steps))
        if error:
            say(name=name, error=error)
        else:
            say(name=name, seconds=times[0], deviceSeconds=times[1], **watch.rates(name, times[0]))


def compete(watch, names, rounds, steps):
    times, failed = {name: [] for name in names}, {}
    for name in names:
        start = time.perf_counter()
        _, failed[name] = tried(lambda: watch.get(name))
        note(f"{name}: prepared in {time.perf_counter() - start:.1f} s")
    for at in range(rounds):
        for name in names:
            if not failed[name]:
                result, failed[name] = tried(lambda: watch.time(name, steps))
                times[name].append(result)
                note(f"{name}: round {at + 1}, {failed[name] or f'{result[0] * 1000:.3f} ms'}")
    rows = []
    for name in names:
        if failed[name]:
            say(name=name, error=failed[name])
            rows.append(f"| {name} | {failed[name].splitlines()[0][:80]} | | | |")
            continue
        wall, device = (statistics.median(column) for column in zip(*times[name]))
        rates, peak = watch.rates(name, wall), round(watch.peaks.get(name, 0), 1)
        took = {"milliseconds": round(device * 1000, 4), "wallMilliseconds": round(wall * 1000, 4)}
        say(name=name, **took, **rates, peakMiB=peak, rounds=[round(one[0] * 1000, 4) for one in times[name]])
        unit, rate = next(iter(rates.items()))
        rate = f"{rate:,.0f} img/s" if unit == "imagesPerSecond" else f"{rate:,.4g} {unit}"
        rows.append(f"| {name} | {device * 1000:.3f} | {wall * 1000:.3f} | {rate} | {peak:.0f} |")
    print("\n| | ms a step (device) | ms a step (wall) | rate | peak MiB |\n| --- | ---: | ---: | ---: | ---: |")
    print("\n".join(rows), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--serve", action="store_true")
    for name, default in {"rounds": 5, "steps": 50, "batch": 128}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("PyTorch finds no CUDA device; --device cpu tries the script without")
    warnings.simplefilter("ignore")
    watch = Stopwatch(options.device, options.batch)
    unknown = [name for name in options.only or [] if name not in watch.prepare]
    if unknown:
        parser.error(f"no contestant {', '.join(unknown)}; expected some of {', '.join(watch.prepare)}")
    if options.serve:
        return serve(watch, options.steps)
    device = torch.cuda.get_device_name() if watch.cuda else "CPU"
    say(device=device, torch=torch.__version__, cuda=torch.version.cuda, cudnn=torch.backends.cudnn.version())
    compete(watch, options.only or list(watch.prepare), options.rounds, options.steps)


main()
