/// <reference types="@webgpu/types" />

/** The npm package `webgpu`: Dawn, Chrome's WebGPU, for Node.js. */
export interface DawnModule {
  /** WebGPU's classes and constants, which browsers have as globals. */
  readonly globals: object;
  /** @param options such as "enable-dawn-features=NAME,NAME" */
  create(options: readonly string[]): GPU;
}
