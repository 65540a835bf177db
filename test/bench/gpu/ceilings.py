"""What the device can do at most: memory moved, and products of float32 matrices."""
import torch


class Ceiling:
    """Tells how much work a step is, in the unit times a second. Steps are long, so a round has fewer."""

    def steps_of(self, steps):
        return max(1, steps // 10)


class Copy(Ceiling):
    """float32 from one place of the device's memory to another."""

    unit = "GB/s"

    def __init__(self, device, mebibytes):
        count = mebibytes * 2**20 // 4
        self.source, self.target = torch.ones(count, device=device), torch.empty(count, device=device)
        # Each is read and written.
        self.work = 2 * 4 * count / 1e9
        self.run(3)

    def run(self, steps):
        for _ in range(steps):
            self.target.copy_(self.source)


class Product(Ceiling):
    """size x size times size x size, in float32 or with TF32."""

    unit = "TFLOPS"

    def __init__(self, device, size, tf32):
        self.tf32, self.work = tf32, 2 * size**3 / 1e12
        self.a, self.b = torch.randn(size, size, device=device), torch.randn(size, size, device=device)
        self.target = torch.empty(size, size, device=device)
        self.run(3)

    def run(self, steps):
        torch.backends.cuda.matmul.allow_tf32 = self.tf32
        for _ in range(steps):
            torch.matmul(self.a, self.b, out=self.target)
