"""The steps of steps.mjs in PyTorch: from the same weights, on the same batches. How far losses and weights are apart.

    python3 test/evidence/steps.py FOLDER [--double]
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
from network import ResNet32  # noqa: E402


def load(path, dtype):
    given = {one["name"]: torch.tensor(np.reshape(one["values"], one["shape"]).astype(np.float64)) for one in json.loads(path.read_text())}
    network = ResNet32()

    def fill(convolution, norm, name):
        convolution.weight.data = given[f"{name}/filter"].permute(3, 2, 0, 1).contiguous()
        norm.weight.data, norm.bias.data = given[f"{name}/gamma"], given[f"{name}/beta"]
        norm.running_mean.data, norm.running_var.data = given[f"{name}/mean"], given[f"{name}/variance"]

    fill(network.conv, network.norm, "stem")
    for i, block in enumerate(network.blocks):
        name = f"stage{i // 5 + 1}/block{i % 5}"
        fill(block.conv1, block.norm1, f"{name}/conv1")
        fill(block.conv2, block.norm2, f"{name}/conv2")
    network.head.weight.data, network.head.bias.data = given["classifier/matrix"].T.contiguous(), given["classifier/bias"]
    return network.to(dtype)


def main():
    folder, dtype = Path(sys.argv[1]), torch.float64 if "--double" in sys.argv else torch.float32
    steps = json.loads((folder / "steps.json").read_text())
    network, after = (load(folder / f"{name}.json", dtype) for name in ("before", "after"))
    pixels = np.fromfile(folder / "batches.f32", np.float32)
    optimizer = torch.optim.SGD(network.parameters(), steps["rate"], 0.9, weight_decay=2e-4)
    at = 0
    for step, (labels, ours) in enumerate(zip(steps["labels"], steps["losses"])):
        size = len(labels) * 3072
        images = torch.tensor(pixels[at : at + size].reshape(-1, 32, 32, 3)).permute(0, 3, 1, 2).to(dtype)
        at += size
        loss = F.cross_entropy(network(images), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"step {step + 1}: ours {ours:.6f}, PyTorch {loss.item():.6f}, apart {abs(ours / loss.item() - 1):.1e}", flush=True)
    norms = [torch.cat([p.flatten() for p in one.parameters()]).norm().item() for one in (after, network)]
    print(f"length of all weights: ours {norms[0]:.6f}, PyTorch {norms[1]:.6f}, apart {abs(norms[0] / norms[1] - 1):.1e}")


if __name__ == "__main__":
    main()
