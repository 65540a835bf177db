"""The gradients of gradients.mjs beside PyTorch's in double precision, of the same weights and batch: relative L2 errors.

    python3 test/evidence/gradients.py FOLDER
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
from network import ResNet32  # noqa: E402


def by_name(network):
    found = {"classifier/matrix": network.head.weight, "classifier/bias": network.head.bias}

    def add(convolution, norm, name):
        found.update({f"{name}/filter": convolution.weight, f"{name}/gamma": norm.weight, f"{name}/beta": norm.bias})

    add(network.conv, network.norm, "stem")
    for i, block in enumerate(network.blocks):
        name = f"stage{i // 5 + 1}/block{i % 5}"
        add(block.conv1, block.norm1, f"{name}/conv1")
        add(block.conv2, block.norm2, f"{name}/conv2")
    return found


def split(values, names):
    """Arrays by name, in PyTorch's layout."""
    arrays, at = {}, 0
    for one in names:
        size = int(np.prod(one["shape"]))
        array = values[at : at + size].reshape(one["shape"]).astype(np.float64)
        at += size
        layout = (3, 2, 0, 1) if array.ndim == 4 else None
        arrays[one["name"]] = np.ascontiguousarray(array.transpose(layout))
    return arrays


def main():
    folder = Path(sys.argv[1])
    steps = json.loads((folder / "steps.json").read_text())
    count = len(steps["losses"])
    weights, gradients = (np.fromfile(folder / f"{name}.f32", np.float32).reshape(count, -1) for name in ("weights", "gradients"))
    pixels, at = np.fromfile(folder / "images.f32", np.float32), 0
    for step, labels in enumerate(steps["labels"]):
        size = len(labels) * 3072
        images = torch.tensor(pixels[at : at + size].reshape(-1, 32, 32, 3)).permute(0, 3, 1, 2).double()
        at += size
        network = ResNet32().double()
        parameters = by_name(network)
        for name, value in split(weights[step], steps["names"]).items():
            parameters[name].data = torch.tensor(value)
        loss = F.cross_entropy(network(images), torch.tensor(labels))
        loss.backward()
        ours = split(gradients[step], steps["names"])
        apart = sum(((parameters[name].grad.numpy() - value) ** 2).sum() for name, value in ours.items()) ** 0.5
        length = sum((one.grad**2).sum().item() for one in parameters.values()) ** 0.5
        print(
            f"step {step + 1}: loss {steps['losses'][step]:.6f}, PyTorch {loss.item():.6f}; "
            f"gradient of length {length:.2f}, apart {apart / length:.1e}",
            flush=True,
        )


if __name__ == "__main__":
    main()
