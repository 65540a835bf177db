import { gather, imageSize, type ByteImages } from "../fused/augment.js";
import type { Gpu } from "./gpu.js";

/** Bytes that are kept at a time: D_L with D_U@5x of CIFAR-10-LT, and its test images, take half of them. */
const BUDGET = 512 * 2 ** 20;

/** Images that are gathered at a time on their way there; a multiple of 4. */
const CHUNK = 4096;

/** Asked for so often, images are never carried as a whole. */
const NEVER = -Infinity;

/** How often images were asked for, and where they are once they are kept. */
interface Use {
  asked: number;
  buffer?: GPUBuffer;
  isReady: boolean;
}

/**
 * Images on the GPU, as bytes. They are brought there as a whole once as many were carried there as there are: who looks at
 * them once pays nothing for it, and who learns from them carries them twice at most.
 */
export class ResidentImages {
  private readonly uses = new WeakMap<ByteImages, Use>();
  /** What is kept, from that which was asked for longest ago. It does not keep the images themselves in memory. */
  private readonly kept = new Set<Use>();

  /** @param budget bytes that are kept at most. Default 512 MiB, none if `LONGTAIL_RESIDENT=0` */
  constructor(
    private readonly gpu: Gpu,
    private readonly budget = process.env["LONGTAIL_RESIDENT"] === "0" ? 0 : BUDGET,
  ) {}

  /** Bytes that are kept now. */
  get bytes(): number {
    return [...this.kept].reduce((sum, { buffer }) => sum + buffer!.size, 0);
  }

  /**
   * The buffer that holds all of these images one after the other, four bytes in a word.
   * @param count how many of them are needed now
   * @returns undefined while they are not kept
   */
  bufferOf(images: ByteImages, count: number): GPUBuffer | undefined {
    const use = this.uses.get(images) ?? { asked: 0, isReady: false };
    this.uses.set(images, use);
    if (use.buffer) {
      this.kept.delete(use);
      this.kept.add(use);
      return use.isReady ? use.buffer : undefined;
    }
    use.asked += count;
    if (use.asked > images.length) this.carry(images, use);
    return undefined;
  }

  /** A GPU whose memory is full says so later, by a promise: until then, the images are carried as before. */
  private carry(images: ByteImages, use: Use): void {
    const { device } = this.gpu;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    const size = 4 * Math.ceil((images.length * imageSize(images)) / 4);
    if (size > Math.min(this.budget, maxStorageBufferBindingSize, maxBufferSize)) {
      use.asked = NEVER;
      return;
    }
    for (const oldest of this.kept) if (this.bytes + size > this.budget) this.giveUp(oldest);
    device.pushErrorScope("out-of-memory");
    const buffer = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    use.buffer = buffer;
    this.kept.add(use);
    void device.popErrorScope().then(
      (error) => {
        if (use.buffer !== buffer) return; // given up since
        if (error) return this.giveUp(use, NEVER);
        this.fill(buffer, images);
        use.isReady = true;
      },
      () => undefined, // lost: the next command says so
    );
  }

  private fill(buffer: GPUBuffer, images: ByteImages): void {
    for (let from = 0; from < images.length; from += CHUNK) {
      const indices = Uint32Array.from({ length: Math.min(CHUNK, images.length - from) }, (_, i) => from + i);
      this.gpu.device.queue.writeBuffer(buffer, from * imageSize(images), wordsOf(images, indices));
    }
  }

  /** @param asked how often the images count as asked for from now on */
  private giveUp(use: Use, asked = 0): void {
    this.gpu.flush(); // commands that use the buffer
    this.kept.delete(use);
    use.buffer!.destroy();
    delete use.buffer;
    Object.assign(use, { asked, isReady: false });
  }
}

/** Some images one after the other, four bytes in a word. */
export function wordsOf(images: ByteImages, indices: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const words = new Int32Array(Math.ceil((indices.length * imageSize(images)) / 4));
  gather(images, indices, new Uint8Array(words.buffer));
  return words;
}
