/** A compute shader with its buffers in order: what is compiled once and dispatched many times. */
export interface Program {
  readonly code: string;
  /** Names of the storage buffers, by binding. */
  readonly names: readonly string[];
}

/** What a buffer is an array of. */
export type Element = "f32" | "vec4f" | "u32" | "i32";

/** Collects a shader's storage buffers. */
export class Bindings {
  readonly names: string[] = [];
  private declarations = "";

  read(name: string, element: Element): this {
    return this.add(name, element, "read");
  }

  write(name: string, element: Element): this {
    return this.add(name, element, "read_write");
  }

  /** The shader: a head, the buffers' declarations, and what follows. */
  program(code: string, head = ""): Program {
    return { names: this.names, code: head + this.declarations + code };
  }

  private add(name: string, element: Element, access: "read" | "read_write"): this {
    this.declarations += `@group(0) @binding(${this.names.length}) var<storage, ${access}> ${name}: array<${element}>;\n`;
    this.names.push(name);
    return this;
  }
}

/** Text for each of 0 to count - 1. */
export function repeat(count: number, text: (i: number) => string, separator = "\n"): string {
  return Array.from({ length: count }, (_, i) => text(i)).join(separator);
}

/** The head of a shader's entry point of so many threads: `thread` within `group`. */
export function entry(threads: number, attribute = ""): string {
  return (
    `@compute @workgroup_size(${threads})${attribute}\n` +
    "fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u)"
  );
}

/** The head of a shader whose threads are counted through: `i`, in a grid of `lines` of 256 threads by groups. */
export function forEach(groups: readonly [number, number]): string {
  return (
    "@compute @workgroup_size(256)\n" +
    "fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {\n" +
    `  let i = (group.y * ${groups[0]}u + group.x) * 256u + thread;`
  );
}

/** Groups that a side of a grid may have. */
export const MOST_GROUPS = 65_535;

/** A grid of so many groups, or a few more, in lines. */
export function inLines(groups: number): [number, number] {
  const lines = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / lines), lines];
}

/** A grid of groups of 256 threads for so many items. */
export const gridOf = (items: number): [number, number] => inLines(Math.max(1, Math.ceil(items / 256)));
