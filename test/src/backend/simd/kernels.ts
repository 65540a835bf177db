import asc from "assemblyscript/asc";

/** Kernels that show what a pool of threads does: what each is called with, and what happens when one fails or hangs. */
const SOURCE = `
  export function count(counts: usize, begin: i32, end: i32, thread: i32): void {
    for (let item = begin; item < end; item++) atomic.add<i32>(counts + (<usize>item << 2), 1);
  }
  export function trapAt(bad: i32, begin: i32, end: i32, thread: i32): void {
    if (begin <= bad && bad < end) unreachable();
  }
  // Every chunk waits until all are being computed: by as many threads.
  export function meet(met: usize, chunks: i32, begin: i32, end: i32, thread: i32): void {
    atomic.add<i32>(met, 1);
    while (atomic.load<i32>(met) < chunks) {}
  }
  // Ends on the thread that opened the job only when another has begun; on that one it does not end while closed is 0.
  export function hang(begun: usize, closed: usize, begin: i32, end: i32, thread: i32): void {
    if (thread > 0) {
      atomic.store<i32>(begun, 1);
      while (atomic.load<i32>(closed) == 0) {}
    } else while (atomic.load<i32>(begun) == 0) {}
  }
  // Ends on no thread while closed is 0.
  export function hangAll(begun: usize, closed: usize, begin: i32, end: i32, thread: i32): void {
    atomic.add<i32>(begun, 1);
    while (atomic.load<i32>(closed) == 0) {}
  }
`;

export async function testKernels(): Promise<WebAssembly.Module> {
  const { error, binary } = await asc.compileString(SOURCE, {
    optimizeLevel: 3,
    runtime: "stub",
    importMemory: true,
    sharedMemory: true,
    initialMemory: 2,
    maximumMemory: 65_536,
    enable: ["threads"],
  });
  if (error || !binary) throw error ?? new Error("AssemblyScript compiled nothing");
  return new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>);
}
