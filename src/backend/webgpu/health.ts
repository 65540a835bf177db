import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

/** The GPU cannot do what it was told to: it was lost, its memory is full, or it refused a command. */
export class GpuError extends Error {
  override readonly name = "GpuError";

  /** @param isLasting whether the GPU cannot go on with what was computed before */
  constructor(
    message: string,
    readonly isLasting = false,
  ) {
    super(message);
  }
}

/** What there is to do about it. */
const ADVICE =
  "A run in a folder keeps its last checkpoint: start it again to go on from there, here or on another device " +
  '(device.use("simd"), or LONGTAIL_DEVICE=simd)';

/** What Dawn says of the use of what could not be made. */
const FOLLOWS = /is invalid due to a previous error/u;

/**
 * What went wrong on a device. WebGPU tells it aside, whenever it finds out, and lets commands go on with results that mean
 * nothing: here it becomes an error at the next command, or as numbers are read (`watch`).
 * What was too large or was refused is told once, and again of what is computed of it: the GPU can go on with the rest.
 */
export class Health {
  private trouble: GpuError | undefined;
  /** The last that was told and forgotten. */
  private past: GpuError | undefined;

  constructor(device: GPUDevice) {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault?.();
      const { error } = event as GPUUncapturedErrorEvent;
      this.trouble ??= (FOLLOWS.test(error.message) && this.past) || troubleOf(error);
    });
    void device.lost.then(({ reason, message }) => {
      if (reason === "destroyed") return;
      this.trouble = new GpuError(
        `The GPU was lost (${message || reason}): its driver was restarted, or it is gone. ${ADVICE}`,
        true,
      );
    });
  }

  /** @throws GpuError once something went wrong; from then on where it lasts */
  check(): void {
    const { trouble } = this;
    if (!trouble) return;
    if (!trouble.isLasting) [this.trouble, this.past] = [undefined, trouble];
    throw trouble;
  }

  /** What follows from trouble that was told is told no more. @throws GpuError where it lasts */
  forgetTold(): void {
    if (this.trouble?.isLasting) throw this.trouble;
    if (this.trouble === this.past) this.trouble = undefined;
  }
}

/**
 * Has trouble thrown where all commands of a backend pass, TensorFlow.js's too: as a program gets its buffers, before it takes
 * others along in its list of commands, and when numbers were read.
 */
export function watch(backend: WebGPUBackend, health: Health): void {
  const { device } = backend;
  const [bind, read] = [device.createBindGroup.bind(device), backend.getBufferData.bind(backend)];
  device.createBindGroup = (descriptor) => {
    const group = bind(descriptor);
    health.check();
    return group;
  };
  backend.getBufferData = async (buffer) => {
    try {
      return await read(buffer);
    } finally {
      health.check();
    }
  };
}

/** @param why which limit is passed */
export function tooLarge(why: string): GpuError {
  return new GpuError(
    `A tensor is too large for this GPU (${why}). Smaller batches or images make smaller ones. ${ADVICE}`,
  );
}

function troubleOf(error: GPUError): GpuError {
  const said = (error.message.trim().split("\n")[0] ?? "").replace(/\.$/u, "");
  if (/exceeds the max .*size limit|larger than the maximum .*binding size/u.test(said)) return tooLarge(said);
  if (error.constructor.name === "GPUOutOfMemoryError")
    return new GpuError(`The GPU's memory is full (${said}). Smaller batches need less. ${ADVICE}`);
  return new GpuError(`The GPU refused a command, which is a mistake of longtail's: ${error.message}`);
}
