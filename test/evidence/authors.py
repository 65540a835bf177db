"""The authors' training in PyTorch, independent of longtail: CIFAR-10-LT with ResNet-32, their subset, recipe and losses, on the
same images as longtail reads (jpg32: JPEG re-encoding). A line of JSON for each run; the peer of datasets/results/paper.jsonl.

    python3 test/evidence/authors.py FOLDER [--method CE LDAM-DRW] [--seeds 0 1] [--epochs 200] [--until N] [--rho 100] [--head 5000]
        [--every 1] [--device cuda]

FOLDER holds train.jpg32 and test.jpg32. Images are augmented on the device, each by its own crop and flip, as the authors' are.
"""
import argparse
import io
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
from network import ResNet32  # noqa: E402

MEAN, DEVIATION = [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]
BATCH, RATE, MOMENTUM, WEIGHT_DECAY = 128, 0.1, 0.9, 2e-4


def read(path):
    """jpg32: uint8 images [count, 32, 32, 3] and their labels."""
    data = Path(path).read_bytes()
    if data[:8] != b"JPG32S1\n":
        raise ValueError(f"{path}: expected a jpg32 file, found {data[:8]!r}")
    count, length = np.frombuffer(data, "<u4", 2, 8)
    header, at = data[16 : 16 + length], 16 + int(length)
    labels = np.frombuffer(data, np.uint8, count, at)
    sizes = np.frombuffer(data, "<u2", count, at + int(count))
    starts = at + 3 * int(count) + np.concatenate([[0], np.cumsum(sizes.astype(np.int64))])
    images = np.empty((count, 32, 32, 3), np.uint8)
    for i in range(count):
        jpeg = header + data[starts[i] : starts[i + 1]] + b"\xff\xd9"
        images[i] = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
    return images, labels.astype(np.int64)


def long_tailed(labels, head, rho, seed):
    """Which images: imbalance_cifar.py of the authors, class after class."""
    np.random.seed(seed)
    chosen = []
    for c in range(10):
        positions = np.where(labels == c)[0]
        np.random.shuffle(positions)
        chosen.append(positions[: int(head * (1 / rho) ** (c / 9))])
    return np.concatenate(chosen)


class Cosine(torch.nn.Module):
    """The classifier that LDAM has: unit features, unit weights."""

    def __init__(self, width):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(width, 10))
        self.weight.data.uniform_(-1, 1).renorm_(2, 1, 1e-5).mul_(1e5)

    def forward(self, x):
        return F.normalize(x, dim=1) @ F.normalize(self.weight, dim=0)


def make_loss(method, counts, epoch, epochs, device):
    weights = None
    if method.endswith("DRW") and epoch >= round(0.8 * epochs):
        effective = (1 - 0.9999 ** counts) / (1 - 0.9999)
        weights = torch.tensor(10 * (1 / effective) / (1 / effective).sum(), dtype=torch.float32, device=device)
    if not method.startswith("LDAM"):
        return lambda logits, y: F.cross_entropy(logits, y, weight=weights)
    margins = 1 / counts**0.25
    margins = torch.tensor(0.5 * margins / margins.max(), dtype=torch.float32, device=device)

    def ldam(logits, y):
        return F.cross_entropy(30 * (logits - F.one_hot(y, 10) * margins[y][:, None]), y, weight=weights)

    return ldam


def learning_rate(epoch, epochs):
    warm_up = epochs / 40
    if epoch < warm_up:
        return RATE * (epoch + 1) / warm_up
    return RATE * (1e-4 if epoch >= 0.9 * epochs else 1e-2 if epoch >= 0.8 * epochs else 1)


def augmented(images, generator):
    """A window of each image padded by 4, mirrored half of the time. images: uint8 [n, 40, 40, 3], padded."""
    n, device = len(images), images.device
    top, left = (torch.randint(9, (n,), generator=generator).to(device) for _ in range(2))
    mirrored = (torch.rand(n, generator=generator) < 0.5).to(device)
    span = torch.arange(32, device=device)
    columns = left[:, None] + torch.where(mirrored[:, None], 31 - span, span)
    rows = top[:, None] + span
    return images[torch.arange(n, device=device)[:, None, None], rows[:, :, None], columns[:, None, :]]


def run(method, seed, options, train, test):
    (images, labels), device, epochs = train, options.device, options.epochs
    chosen = long_tailed(labels, options.head, options.rho, 0)
    counts = np.bincount(labels[chosen], minlength=10).astype(np.float64)
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    mean, deviation = (torch.tensor(v, device=device) * 255 for v in (MEAN, DEVIATION))
    normal = lambda x: ((x.float() - mean) / deviation).permute(0, 3, 1, 2)  # noqa: E731
    padded = torch.tensor(np.pad(images[chosen], ((0, 0), (4, 4), (4, 4), (0, 0))), device=device)
    truth = torch.tensor(labels[chosen], device=device)
    unseen, answers = torch.tensor(test[0], device=device), torch.tensor(test[1], device=device)
    model = ResNet32()
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight)
    if method.startswith("LDAM"):
        model.head = Cosine(64)
    model.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)
    accuracies, losses, began = [], [], time.time()
    for epoch in range(min(epochs, options.until or epochs)):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(epoch, epochs)
        loss_of, total = make_loss(method, counts, epoch, epochs, device), 0.0
        model.train()
        for batch in torch.randperm(len(truth), generator=generator).to(device).split(BATCH):
            loss = loss_of(model(normal(augmented(padded[batch], generator))), truth[batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
        losses.append(round(total.item() / len(truth), 5))
        if (epoch + 1) % options.every:
            continue
        model.eval()
        with torch.no_grad():
            right = sum((model(normal(x)).argmax(1) == y).sum() for x, y in zip(unseen.split(1000), answers.split(1000)))
        accuracies.append(right.item() / len(answers))
        if epoch % 10 == 9 or options.every > 1 or options.until:
            print(f"{method} seed {seed} epoch {epoch + 1}: {losses[-1]:.4f} {accuracies[-1]:.4f}", file=sys.stderr, flush=True)
    errors = {"last": round(100 * (1 - accuracies[-1]), 2), "best": round(100 * (1 - max(accuracies)), 2)}
    same = {"images": len(chosen), "sum": int(chosen.sum()), "seconds": round(time.time() - began, 1)}
    curves = {"every": options.every, "accuracies": accuracies, "losses": losses}
    print(json.dumps({"method": method, "seed": seed, "epochs": epochs, **errors, **same, **curves}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--method", nargs="+", default=["CE", "LDAM-DRW"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    for name, default in {"epochs": 200, "rho": 100, "head": 5000}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--until", type=int, help="stop after so many epochs of the recipe")
    parser.add_argument("--every", type=int, default=1, help="score the test set after every so many epochs")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    train, test = (read(Path(options.folder) / f"{split}.jpg32") for split in ("train", "test"))
    for seed in options.seeds:
        for method in options.method:
            run(method, seed, options, train, test)


if __name__ == "__main__":
    main()
