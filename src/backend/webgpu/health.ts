/** The GPU cannot go on: it was lost, its memory is full, or it refused a command. */
export class GpuError extends Error {
  override readonly name = "GpuError";
}

/** What there is to do about it. */
const ADVICE =
  "A run in a folder keeps its last checkpoint: start it again to go on from there, here or on another device " +
  '(device.use("simd"), or LONGTAIL_DEVICE=simd)';

/**
 * What went wrong on a device. WebGPU tells it aside, whenever it finds out, and lets commands go on with results that mean
 * nothing: here it becomes an error at the next command.
 */
export class Health {
  private trouble: GpuError | undefined;

  constructor(device: GPUDevice) {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault?.();
      const { error } = event as GPUUncapturedErrorEvent;
      this.trouble ??= isMemory(error)
        ? new GpuError(`The GPU's memory is full (${firstLine(error)}). Smaller batches need less. ${ADVICE}`)
        : new GpuError(`The GPU refused a command, which is a mistake of longtail's: ${error.message}`);
    });
    void device.lost.then(({ reason, message }) => {
      if (reason === "destroyed") return;
      this.trouble ??= new GpuError(
        `The GPU was lost (${message || reason}): its driver was restarted, or it is gone. ${ADVICE}`,
      );
    });
  }

  /** @throws GpuError once something went wrong */
  check(): void {
    if (this.trouble) throw this.trouble;
  }
}

const isMemory = (error: GPUError): boolean => error.constructor.name === "GPUOutOfMemoryError";
const firstLine = ({ message }: GPUError): string => message.trim().split("\n")[0] ?? "";
