import { Bindings, entry, repeat, type Program } from "../program.js";

/** What an input element is on its way into a convolution. */
export type Prologue = "raw" | "normalized" | "gradient";

/**
 * What becomes of a convolution's sums: "sums" adds those of each channel and of its squares; "mask" is the gradient of a ReLU
 * and batch norm that followed, with sums for the batch norm's; "shortcut" adds the gradient that came by a shortcut of kind A;
 * "affine" is batch norm by given statistics.
 */
export type Epilogue = "none" | "sums" | "mask" | "shortcut" | "affine";

/** How the work is cut. */
export interface ConvolutionTile {
  /** Rows of pixels of one workgroup. */
  readonly rows: number;
  /** Neighbouring pixels of one thread. */
  readonly pixels: number;
  /** Output channels of one thread, a multiple of 4. */
  readonly channels: number;
  /** Output channels of one workgroup, a multiple of `channels`. */
  readonly block: number;
}

export interface ConvolutionShape {
  /** Of the result. */
  readonly height: number;
  readonly width: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  /** A multiple of 4. */
  readonly outChannels: number;
  readonly stride: number;
  /** The gradient by the input: filters turned by 180 degrees, and the input spread by the stride. */
  readonly isTransposed: boolean;
}

export interface ConvolutionPlan extends ConvolutionShape, ConvolutionTile {
  readonly prologue: Prologue;
  readonly epilogue: Epilogue;
  /** Of the shortcut that is added: the other side's size, and its stride. */
  readonly shortcut?: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    readonly stride: number;
  };
  /** "affine": whether a ReLU follows. */
  readonly relu?: boolean;
  readonly epsilon?: number;
}

/** Threads, groups and memory of a plan. */
export function layout(plan: ConvolutionTile & ConvolutionShape & { readonly epilogue: Epilogue }) {
  const { rows, pixels, channels, block, height, width, isTransposed } = plan;
  const step = isTransposed ? 1 : plan.stride;
  const across = Math.ceil(width / pixels);
  const patches = rows * across;
  const threads = patches * (block / channels);
  const tileRows = (rows - 1) * step + 3;
  const tileColumns = (across * pixels - 1) * step + 3;
  const reach = pixels * step;
  // One column more after each thread's reach: threads of a row then read from different banks.
  const pitch = tileColumns + Math.floor(tileColumns / reach) + 1;
  const measures = plan.epilogue === "sums" || plan.epilogue === "mask";
  const bytes = 16 * (tileRows * pitch + 9 * block + (measures ? 2 * patches * (block / 4) : 0));
  return {
    step,
    across,
    patches,
    threads,
    tileRows,
    tileColumns,
    reach,
    pitch,
    measures,
    bytes,
    bands: Math.ceil(height / rows),
  };
}

const XYZW = ["x", "y", "z", "w"];

/**
 * A 3 x 3 convolution padded by 1: one workgroup makes some rows of one image, a thread a few pixels by a few channels in its
 * registers; input (with its halo) and filters pass through workgroup memory, four input channels at a time.
 */
export function convolution(plan: ConvolutionPlan): Program {
  const { height, width, inHeight, inWidth, inChannels, outChannels, isTransposed, prologue } = plan;
  const { rows, pixels, channels, block } = plan;
  const { step, across, patches, threads, tileRows, tileColumns, reach, pitch, measures, bands } = layout(plan);
  const [in4, out4, block4, quads] = [Math.ceil(inChannels / 4), outChannels / 4, block / 4, channels / 4];
  const spread = isTransposed ? plan.stride : 1;
  const isRagged = inChannels % 4 !== 0;
  const bindings = new Bindings().read("source", isRagged ? "f32" : "vec4f").read("filters", "vec4f");
  if (prologue !== "raw") bindings.read("coefficients", "vec4f");
  if (prologue === "gradient") bindings.read("other", "vec4f");
  const end = epilogues(plan, bindings);
  bindings.write("out", "vec4f");
  if (measures) bindings.write("partial", "vec4f");

  const load = {
    raw: isRagged
      ? `vec4f(${repeat(4, (c) => (c < 4 ? `pick(at * ${inChannels}u, chunk * 4u + ${c}u)` : ""), ", ")})`
      : "source[index]",
    normalized: `max(coefficients[chunk] * source[index] + coefficients[${in4}u + chunk], vec4f(0))`,
    gradient:
      `coefficients[chunk] * source[index] + coefficients[${in4}u + chunk] * other[index] + ` +
      `coefficients[${2 * in4}u + chunk]`,
  }[prologue];
  const sparse = spread > 1 ? ` && y % ${spread} == 0 && x % ${spread} == 0` : "";

  const loadFilters = isTransposed
    ? // Filters lie as [tap][out][in] as seen from here: four rows of four are turned over.
      `for (var i = thread; i < ${9 * block4}u; i += ${threads}u) {
      let tap = i / ${block4}u; let quad = i % ${block4}u;
      let base = ((8u - tap) * ${outChannels}u + (first4 + quad) * 4u) * ${in4}u + chunk;
      let turned = transpose(mat4x4f(${repeat(4, (j) => `filters[base + ${j * in4}u]`, ", ")}));
      ${repeat(4, (j) => `weights[(tap * 4u + ${j}u) * ${block4}u + quad] = turned[${j}];`, " ")}
    }`
    : `for (var i = thread; i < ${36 * block4}u; i += ${threads}u) {
      let tap = i / ${4 * block4}u; let c = chunk * 4u + (i / ${block4}u) % 4u; let quad = first4 + i % ${block4}u;
      ${isRagged ? `weights[i] = vec4f(0); if (c < ${inChannels}u)` : ""} { weights[i] = filters[(tap * ${inChannels}u + c) * ${out4}u + quad]; }
    }`;

  const reads = (pixels - 1) * step + 3;
  const products = repeat(
    3,
    (ky) => `{
      let row = (py * ${step}u + ${ky}u) * ${pitch}u + gx * ${reach + 1}u;
      ${repeat(reads, (j) => `let x${j} = tile[row + ${j + Math.floor(j / reach)}u];`, " ")}
      ${repeat(3, (kx) =>
        repeat(
          4,
          (c) =>
            `{ ${repeat(quads, (q) => `let w${q} = weights[${((ky * 3 + kx) * 4 + c) * block4}u + quad0 + ${q}u];`, " ")} ${repeat(
              pixels,
              (p) => repeat(quads, (q) => `a${p}_${q} += x${p * step + kx}.${XYZW[c]} * w${q};`, " "),
              " ",
            )} }`,
        ),
      )}
    }`,
  );

  const guarded = height % rows !== 0 || width % pixels !== 0;
  const finish = repeat(
    quads,
    (q) => `{
    let quad = first4 + quad0 + ${q}u; ${end.setup}
    var sum0 = vec4f(0); var sum1 = vec4f(0);
    ${repeat(
      pixels,
      (p) => `{ let x = gx * ${pixels}u + ${p}u; ${guarded ? `if (y < ${height}u && x < ${width}u)` : ""} {
      let at = ((image * ${height}u + y) * ${width}u + x) * ${out4}u + quad; let acc = a${p}_${q}; ${end.value} out[at] = v; sum0 += v;
    } }`,
    )}
    ${measures ? `reduced[place * ${block4}u + quad0 + ${q}u] = sum0; reduced[${patches * block4}u + place * ${block4}u + quad0 + ${q}u] = sum1;` : ""}
  }`,
  );
  const total = `workgroupBarrier();
  for (var t = thread; t < ${2 * block4}u; t += ${threads}u) {
    let which = t / ${block4}u; let quad = t % ${block4}u; var sum = vec4f(0);
    for (var g = 0u; g < ${patches}u; g++) { sum += reduced[which * ${patches * block4}u + g * ${block4}u + quad]; }
    partial[(group.x * 2u + which) * ${out4}u + first4 + quad] = sum;
  }`;

  return bindings.program(`
var<workgroup> tile: array<vec4f, ${tileRows * pitch}>;
var<workgroup> weights: array<vec4f, ${36 * block4}>;
${measures ? `var<workgroup> reduced: array<vec4f, ${2 * patches * block4}>;` : ""}
${isRagged && prologue === "raw" ? `fn pick(base: u32, c: u32) -> f32 { if (c < ${inChannels}u) { return source[base + c]; } return 0.0; }` : ""}
${entry(threads)} {
  let image = group.x / ${bands}u; let y0 = (group.x % ${bands}u) * ${rows}u; let first4 = group.y * ${block4}u;
  let quad0 = (thread % ${block / channels}u) * ${quads}u; let place = thread / ${block / channels}u;
  let py = place / ${across}u; let gx = place % ${across}u;
  ${repeat(pixels, (p) => repeat(quads, (q) => `var a${p}_${q} = vec4f(0);`, " "), " ")}
  for (var chunk = 0u; chunk < ${in4}u; chunk++) {
    if (chunk > 0u) { workgroupBarrier(); }
    for (var i = thread; i < ${tileRows * tileColumns}u; i += ${threads}u) {
      let r = i / ${tileColumns}u; let c = i % ${tileColumns}u;
      let y = i32(r + y0 * ${step}u) - 1; let x = i32(c) - 1; var v = vec4f(0);
      if (y >= 0 && y < ${inHeight * spread} && x >= 0 && x < ${inWidth * spread}${sparse}) {
        let at = (image * ${inHeight}u + u32(y) / ${spread}u) * ${inWidth}u + u32(x) / ${spread}u;
        let index = at * ${in4}u + chunk; v = ${load};
      }
      tile[r * ${pitch}u + c + c / ${reach}u] = v;
    }
    ${loadFilters}
    workgroupBarrier();
    ${products}
  }
  let y = y0 + py;
  ${finish}
  ${measures ? total : ""}
}`);
}

/** What a thread does with the sum `acc` of a pixel (x, y) and four channels (`quad`, at `at`), for `v` and `sum1`. */
function epilogues(plan: ConvolutionPlan, bindings: Bindings): { readonly setup: string; readonly value: string } {
  const { epilogue, outChannels, height, width, shortcut } = plan;
  const out4 = outChannels / 4;
  switch (epilogue) {
    case "none":
      return { setup: "", value: "let v = acc;" };
    case "sums":
      return { setup: "", value: "let v = acc; sum1 += v * v;" };
    case "mask":
      bindings.read("normalizedInput", "vec4f").read("maskCoefficients", "vec4f");
      return {
        setup: `let k0 = maskCoefficients[quad]; let k1 = maskCoefficients[${out4}u + quad];`,
        value: "let z = normalizedInput[at]; let v = select(vec4f(0), acc, k0 * z + k1 > vec4f(0)); sum1 += v * z;",
      };
    case "shortcut": {
      const { channels, stride } = shortcut!;
      const side = (channels - outChannels) / 2;
      bindings.read("added", side % 4 === 0 ? "vec4f" : "f32");
      const [h, w] = [shortcut!.height, shortcut!.width];
      const pixel = `(image * ${h}u + y / ${stride}u) * ${w}u + x / ${stride}u`;
      const value =
        side % 4 === 0
          ? `added[(${pixel}) * ${channels / 4}u + ${side / 4}u + quad]`
          : `vec4f(${repeat(4, (c) => `added[(${pixel}) * ${channels}u + ${side + c}u + quad * 4u]`, ", ")})`;
      const hit = stride === 1 ? "true" : `y % ${stride}u == 0u && x % ${stride}u == 0u`;
      return { setup: "", value: `var v = acc; if (${hit}) { v += ${value}; }` };
    }
    case "affine": {
      for (const name of ["gamma", "beta", "mean", "variance"]) bindings.read(name, "vec4f");
      const setup =
        `let k0 = gamma[quad] * inverseSqrt(variance[quad] + vec4f(${plan.epsilon})); ` +
        "let k1 = beta[quad] - mean[quad] * k0;";
      const add = shortcut ? ` v += ${shortcutValue(plan, bindings)};` : "";
      return { setup, value: `var v = acc * k0 + k1;${add}${plan.relu ? " v = max(v, vec4f(0));" : ""}` };
    }
  }
  throw new Error(`unknown epilogue of a ${height} x ${width} convolution: ${String(epilogue)}`);
}

/** Of a shortcut of kind A at pixel (x, y) and channels `quad`: the function that `normalize` shares. */
export function shortcutValue(
  { outChannels, shortcut }: Pick<ConvolutionPlan, "outChannels" | "shortcut">,
  bindings: Bindings,
): string {
  const { channels, height, width, stride } = shortcut!;
  const side = (outChannels - channels) / 2;
  const pixel = `(image * ${height}u + y * ${stride}u) * ${width}u + x * ${stride}u`;
  if (side % 4 === 0) {
    bindings.read("added", "vec4f");
    const index = `(${pixel}) * ${channels / 4}u + max(quad, ${side / 4}u) - ${side / 4}u`;
    if (side === 0) return `added[(${pixel}) * ${channels / 4}u + quad]`;
    // An index out of the buffer would be read before select discards it: it is kept inside.
    return `select(vec4f(0), added[min(${index}, arrayLength(&added) - 1u)], quad >= ${side / 4}u && quad < ${(side + channels) / 4}u)`;
  }
  bindings.read("added", "f32");
  const one = (c: number): string => {
    const channel = `(quad * 4u + ${c}u)`;
    const index = `(${pixel}) * ${channels}u + max(${channel}, ${side}u) - ${side}u`;
    return `select(0.0, added[min(${index}, arrayLength(&added) - 1u)], ${channel} >= ${side}u && ${channel} < ${side + channels}u)`;
  };
  return `vec4f(${repeat(4, one, ", ")})`;
}
