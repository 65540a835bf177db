/** The GPU's own clock, around passes of dispatches. */
export class Clock {
  private readonly set: GPUQuerySet;

  constructor(
    private readonly device: GPUDevice,
    private readonly count: number,
  ) {
    this.set = device.createQuerySet({ type: "timestamp", count: 2 * count });
  }

  /** Dispatches `warm` times, and `timed` times between two looks at the clock. */
  time(index: number, warm: number, timed: number, dispatch: (pass: GPUComputePassEncoder) => void): void {
    const { device, set: querySet } = this;
    const encoder = device.createCommandEncoder();
    const pass = (count: number, descriptor: GPUComputePassDescriptor = {}): void => {
      const made = encoder.beginComputePass(descriptor);
      for (let i = 0; i < count; i++) dispatch(made);
      made.end();
    };
    if (warm > 0) pass(warm);
    const range = { beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 };
    pass(timed, { timestampWrites: { querySet, ...range } });
    device.queue.submit([encoder.finish()]);
  }

  /** Nanoseconds of each. */
  async read(): Promise<number[]> {
    const { device, set, count } = this;
    const size = 16 * count;
    const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    const mapped = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(set, 0, 2 * count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, size);
    device.queue.submit([encoder.finish()]);
    await mapped.mapAsync(GPUMapMode.READ);
    const ticks = new BigInt64Array(mapped.getMappedRange().slice(0));
    for (const buffer of [resolved, mapped]) buffer.destroy();
    set.destroy();
    return Array.from({ length: count }, (_, i) => Number(ticks[2 * i + 1]! - ticks[2 * i]!));
  }
}
