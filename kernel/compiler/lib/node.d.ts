/**
 * What Node 20 and later have and neither TypeScript 5.0 nor @types/node declares. The kernel reads this file as part of every
 * cell's program; the build does not.
 */
interface String {
  /** Whether the string has no surrogate that stands alone. */
  isWellFormed(): boolean;
  /** A copy in which each surrogate that stands alone is U+FFFD. */
  toWellFormed(): string;
}

interface ImportCallOptions {
  /** Attributes of the import: `{ type: "json" }`. */
  with?: Record<string, string>;
}

/** In a notebook JSON is looked at, not known beforehand: as of `JSON.parse`, and as in a browser. */
interface Response {
  json(): Promise<any>;
}
interface Request {
  json(): Promise<any>;
}

type HeadersInit = NonNullable<RequestInit["headers"]>;
type BodyInit = NonNullable<RequestInit["body"]>;

declare namespace WebAssembly {
  type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "anyfunc" | "externref";
  type ImportExportKind = "function" | "global" | "memory" | "table";
  type ExportValue = Function | Global | Memory | Table;
  type ImportValue = ExportValue | number | bigint;
  type Exports = Record<string, any>;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Source = ArrayBuffer | ArrayBufferView;

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  /** A compiled module, which can be instantiated many times and posted to workers. */
  class Module {
    constructor(bytes: Source);
    private readonly module: never;
    static customSections(module: Module, name: string): ArrayBuffer[];
    static exports(module: Module): { name: string; kind: ImportExportKind }[];
    static imports(module: Module): { module: string; name: string; kind: ImportExportKind }[];
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  class Memory {
    /** Sizes are in pages of 64 KiB. */
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  class Table {
    constructor(descriptor: { element: "anyfunc" | "externref"; initial: number; maximum?: number }, value?: any);
    readonly length: number;
    get(index: number): any;
    grow(by: number, value?: any): number;
    set(index: number, value?: any): void;
  }

  class Global {
    constructor(descriptor: { value: ValueType; mutable?: boolean }, value?: any);
    value: any;
    valueOf(): any;
  }

  function compile(bytes: Source): Promise<Module>;
  function compileStreaming(source: Response | PromiseLike<Response>): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiate(bytes: Source, imports?: Imports): Promise<{ instance: Instance; module: Module }>;
  function instantiateStreaming(
    source: Response | PromiseLike<Response>,
    imports?: Imports,
  ): Promise<{ instance: Instance; module: Module }>;
  function validate(bytes: Source): boolean;
}
