"""The authors' training in PyTorch, independent of longtail: CIFAR-10-LT with ResNet-32, their subset, recipe and losses, on the
same images as longtail reads (jpg32: JPEG re-encoding). A line of JSON for each run; the peer of datasets/results/paper.jsonl.

    python3 test/evidence/authors.py FOLDER [--method CE LDAM-DRW] [--seeds 0 1] [--epochs 200] [--until N] [--rho 100] [--head 5000]
        [--rho-u 1] [--every 1] [--device cuda]

FOLDER holds train.jpg32 and test.jpg32. Images are augmented on the device, each by its own crop and flip, as the authors' are.
With --rho-u each network then labels D_U@5x (of what D_L leaves of the training images), and a new one learns from both, in
batches of 256; a line for each of the two.
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


def draw(labels, counts, exclude=()):
    """Which images: imbalance_cifar.py of the authors, class after class."""
    chosen = []
    for c in range(10):
        positions = np.setdiff1d(np.where(labels == c)[0], exclude)
        np.random.shuffle(positions)
        chosen.append(positions[: counts[c]])
    return np.concatenate(chosen)


def long_tailed(labels, head, rho, rho_u):
    """Which images are D_L's, and, where it is asked for, D_U's: five times as many, of shares (1 / rho_u) ** (c / 9), rounded down."""
    np.random.seed(0)
    chosen = draw(labels, [int(head * (1 / rho) ** (c / 9)) for c in range(10)])
    if rho_u is None:
        return chosen, None
    shares = np.array([(1 / rho_u) ** (c / 9) for c in range(10)])
    return chosen, draw(labels, (5 * len(chosen) * shares / shares.sum()).astype(int), chosen)


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


class Task:
    """What is learned, from which images, and what it is tested on."""

    def __init__(self, options, test):
        self.options, self.test, self.device = options, test, options.device
        self.mean, self.deviation = (torch.tensor(v, device=self.device) * 255 for v in (MEAN, DEVIATION))

    def normal(self, x):
        return ((x.float() - self.mean) / self.deviation).permute(0, 3, 1, 2)

    def predict(self, model, images):
        model.eval()
        with torch.no_grad():
            parts = torch.tensor(images, device=self.device).split(1000)
            return torch.cat([model(self.normal(x)).argmax(1) for x in parts]).cpu().numpy()

    def learn(self, method, seed, images, labels, batch_size):
        """A network, and what is to be told of its training."""
        options, device, epochs = self.options, self.device, self.options.epochs
        counts = np.bincount(labels, minlength=10).astype(np.float64)
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        padded = torch.tensor(np.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0))), device=device)
        truth = torch.tensor(labels, device=device)
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
            for batch in torch.randperm(len(truth), generator=generator).to(device).split(batch_size):
                loss = loss_of(model(self.normal(augmented(padded[batch], generator))), truth[batch])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(batch)
            losses.append(round(total.item() / len(truth), 5))
            if (epoch + 1) % options.every:
                continue
            accuracies.append(float((self.predict(model, self.test[0]) == self.test[1]).mean()))
            if epoch % 10 == 9 or options.every > 1 or options.until:
                print(f"{method} seed {seed} epoch {epoch + 1}: {losses[-1]:.4f} {accuracies[-1]:.4f}", file=sys.stderr, flush=True)
        errors = {"last": round(100 * (1 - accuracies[-1]), 2), "best": round(100 * (1 - max(accuracies)), 2)}
        same = {"images": len(labels), "seconds": round(time.time() - began, 1)}
        return model, {**errors, **same, "every": options.every, "accuracies": accuracies, "losses": losses}


def run(method, seed, options, train, test):
    images, labels = train
    chosen, pool = long_tailed(labels, options.head, options.rho, options.rho_u)
    task = Task(options, test)
    model, record = task.learn(method, seed, images[chosen], labels[chosen], BATCH)
    told = {"method": method, "seed": seed, "epochs": options.epochs, "head": options.head, "rho": options.rho, "sum": int(chosen.sum())}
    print(json.dumps({**told, **record}), flush=True)
    if pool is None:
        return
    pseudo = task.predict(model, images[pool])
    both, names = np.concatenate([chosen, pool]), np.concatenate([labels[chosen], pseudo])
    _, record = task.learn(method, seed, images[both], names, 2 * BATCH)
    right = round(float((pseudo == labels[pool]).mean()), 4)
    print(json.dumps({**told, "rho_u": options.rho_u, "right": right, "sum": int(both.sum()), **record}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--method", nargs="+", default=["CE", "LDAM-DRW"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    for name, default in {"epochs": 200, "rho": 100, "head": 5000}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rho-u", type=int, help="learn from D_U@5x too, of this imbalance")
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
