"""Ways to train ResNet-32 in PyTorch: each prepares once, and then runs as many steps as it is asked for."""
import inspect
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).resolve().parent.parent))
from network import ResNet32  # noqa: E402

LEARNING_RATE, MOMENTUM, WEIGHT_DECAY = 0.1, 0.9, 2e-4
# Batches that lie on the device, and are taken in turn.
POOL = 8
# Gradients of half precision's small numbers would be zero; it is a constant, as a graph cannot look at what comes out.
LOSS_SCALE = 1024.0
# cuDNN measures its algorithms, and PyTorch's allocator settles, before anything is timed.
WARM_UP = 10


class Training:
    """
    A network, its optimizer and its batches.

    tf32: convolutions may round to 10 bits of mantissa (PyTorch's default) or may not (all is float32).
    layout: "nchw" or "channels_last". dtype: of autocast; None is float32 without it.
    """

    def __init__(self, device, batch, tf32=True, layout="nchw", dtype=None, fused=False):
        torch.manual_seed(1)
        self.device, self.batch, self.tf32, self.dtype = device, batch, tf32, dtype
        self.format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.model = ResNet32().to(device, memory_format=self.format)
        options = {"momentum": MOMENTUM, "weight_decay": WEIGHT_DECAY}
        # One kernel for all parameters, where this PyTorch has it; its default is a few.
        if fused and "fused" in inspect.signature(torch.optim.SGD).parameters:
            options["fused"] = True
        self.optimizer = torch.optim.SGD(self.model.parameters(), LEARNING_RATE, **options)
        self.pool = [self.random_batch() for _ in range(POOL)]
        self.taken, self.loss = 0, None
        self.prepare()

    def random_batch(self):
        images = torch.randn(self.batch, 3, 32, 32, device=self.device).to(memory_format=self.format)
        return images, torch.randint(10, (self.batch,), device=self.device)

    def steps_of(self, steps):
        """Steps of a round, where so many are asked for."""
        return steps

    def next_batch(self):
        self.taken += 1
        return self.pool[self.taken % POOL]

    def mean_loss(self, images, labels):
        return F.cross_entropy(self.model(images), labels)

    def update(self, images, labels):
        """One step, as anyone writes it."""
        self.optimizer.zero_grad(set_to_none=True)
        if self.dtype is None:
            loss = self.mean_loss(images, labels)
        else:
            with torch.autocast(torch.device(self.device).type, dtype=self.dtype):
                loss = self.mean_loss(images, labels)
        scaled = self.dtype == torch.float16
        (loss * LOSS_SCALE if scaled else loss).backward()
        if scaled:
            torch._foreach_mul_([p.grad for p in self.model.parameters()], 1 / LOSS_SCALE)
        self.optimizer.step()
        self.loss = loss.detach()

    def prepare(self):
        self.run(WARM_UP)

    def step(self):
        self.update(*self.next_batch())

    def run(self, steps):
        self.set_precision()
        for _ in range(steps):
            self.step()

    def set_precision(self):
        """Process-wide, so anew each time. The authors let cuDNN choose by measuring, and so do all here."""
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.allow_tf32 = self.tf32
        torch.backends.cuda.matmul.allow_tf32 = False


class Graph(Training):
    """The whole step recorded once as a CUDA graph: a step copies its batch to where the graph reads, and replays it."""

    def prepare(self):
        if torch.device(self.device).type != "cuda":
            raise RuntimeError("needs CUDA")
        self.set_precision()
        self.inputs = [part.clone() for part in self.pool[0]]
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                self.update(*self.inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        # Of this thread alone: those of a DataLoader may use CUDA meanwhile.
        with torch.cuda.graph(self.graph, capture_error_mode="thread_local"):
            self.update(*self.inputs)
        self.run(WARM_UP)

    def step(self):
        for place, part in zip(self.inputs, self.next_batch()):
            place.copy_(part)
        self.graph.replay()


class Compiled(Training):
    """torch.compile of the network, forward and backward, with its own CUDA graphs."""

    def prepare(self):
        if not hasattr(torch, "compile"):
            raise RuntimeError(f"PyTorch {torch.__version__} has no torch.compile")
        self.model = torch.compile(self.model, mode="reduce-overhead")
        super().prepare()
