"""Training as the authors' script does it: a DataLoader with workers, and figures taken of each step."""
import numpy
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

from training import Training

try:
    from PIL import Image
    from torchvision import transforms
except ImportError:
    transforms = None

# CIFAR-10-LT, rho 100.
COUNT, WORKERS = 12_406, 4
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)


def composed():
    """torchvision's transforms where it is installed, else the same in PyTorch, image by image as well."""
    if transforms is not None:
        return transforms.Compose([
            Image.fromarray,
            transforms.RandomCrop(32, padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, DEVIATION),
        ])
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))

    def transform(image):
        padded = F.pad(torch.from_numpy(image).permute(2, 0, 1), (4, 4, 4, 4))
        top, left, flip = (int(torch.randint(n, (1,))) for n in (9, 9, 2))
        cropped = padded[:, top : top + 32, left : left + 32]
        return ((cropped.flip(2) if flip else cropped).float() / 255 - mean) / deviation

    return transform


class Images(Dataset):
    def __init__(self, count):
        chance = numpy.random.RandomState(1)
        self.bytes = chance.randint(0, 256, (count, 32, 32, 3), dtype=numpy.uint8)
        self.labels = chance.randint(0, 10, count)
        self.transform = composed()

    def __len__(self):
        return len(self.bytes)

    def __getitem__(self, index):
        return self.transform(self.bytes[index]), int(self.labels[index])


class Authors(Training):
    """Eager; an epoch is CIFAR-10-LT's, after which the loader starts anew, as theirs does."""

    def prepare(self):
        cuda = torch.device(self.device).type == "cuda"
        images = Images(COUNT if cuda else 8 * self.batch)
        options = {"shuffle": True, "num_workers": WORKERS if cuda else 0, "pin_memory": cuda}
        loader = DataLoader(images, self.batch, **options)
        self.batches = (one for _ in iter(int, 1) for one in loader)
        self.losses, self.seen, self.right = 0.0, 0, {1: 0, 5: 0}
        self.epoch = len(loader)
        # All of it: its last batch is smaller, and cuDNN measures for that too.
        self.run(self.epoch)

    def steps_of(self, steps):
        """An epoch, whatever is asked for: so that the start of the workers counts once in each."""
        return self.epoch

    def mean_loss(self, images, labels):
        self.output = self.model(images)
        return F.cross_entropy(self.output, labels)

    def step(self):
        images, labels = (part.to(self.device, non_blocking=True) for part in next(self.batches))
        self.update(images, labels)
        # Which waits for the device.
        self.losses += self.loss.item() * len(labels)
        self.seen += len(labels)
        best = self.output.detach().topk(5, 1).indices
        for k in self.right:
            self.right[k] += (best[:, :k] == labels[:, None]).float().sum() / len(labels)
