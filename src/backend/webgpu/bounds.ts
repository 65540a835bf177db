/**
 * TensorFlow.js's programs count on a browser's checks of every index. Its `matMul` reads past the second factor where a side
 * is no multiple of its tile, and multiplies by zero what it finds: NaN, where NaN lies there. Our programs stay inside their
 * buffers, and would pay for Dawn's checks (dawn.ts): they are off, and those programs get theirs here.
 */

/** A shader whose indices into storage buffers stay inside them: one past the end is the last, as by Dawn's checks. */
export function bounded(code: string): string {
  const names = [...code.matchAll(/var<storage,\s*read(?:_write)?>\s*(\w+)\s*:\s*array</gu)].map(([, name]) => name!);
  return indexed(code, names, (name, index) => `min(u32(${index}), arrayLength(&${name}) - 1u)`);
}

/** A shader with other indices into some of its arrays. @param change of an array and the text of an index: the text instead */
export function indexed(
  code: string,
  names: readonly string[],
  change: (name: string, index: string) => string,
): string {
  if (names.length === 0) return code;
  const access = new RegExp(`(?<![\\w.])(${names.join("|")})\\[`, "gu");
  const within = (text: string): string => {
    let [made, done] = ["", 0];
    for (const { 0: found, 1: name, index } of text.matchAll(access)) {
      // One within the index of another was seen to there.
      if (index < done) continue;
      const from = index + found.length;
      const end = closing(text, from);
      if (end === undefined) break;
      made += `${text.slice(done, index)}${name}[${change(name!, within(text.slice(from, end)))}]`;
      done = end + 1;
    }
    return made + text.slice(done);
  };
  return within(code);
}

/** Where the bracket closes that was opened before `from`. */
function closing(text: string, from: number): number | undefined {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "[") depth++;
    if (text[i] === "]" && --depth === 0) return i;
  }
  return undefined;
}

/** Gives bounds to all programs that are compiled on a device but by `compileAsIs`. */
export function giveBounds(device: GPUDevice): void {
  device.createShaderModule = (shader) => compileAsIs(device, { ...shader, code: bounded(shader.code) });
}

/** Compiles a program that stays inside its buffers by itself. */
export function compileAsIs(device: GPUDevice, shader: GPUShaderModuleDescriptor): GPUShaderModule {
  // The device's own property hides that of its prototype.
  return (Object.getPrototypeOf(device) as GPUDevice).createShaderModule.call(device, shader);
}
