import { Bindings, entry, repeat, type Program } from "../program.js";
import { layout, type ConvolutionPlan } from "./convolution-plan.js";
import { epilogueOf } from "./epilogue.js";
import { GRADIENT_SCALE, scaled, words } from "./precision.js";
import { elementOf } from "./prologue.js";

const XYZW = ["x", "y", "z", "w"];

/**
 * A 3 x 3 convolution padded by 1: one workgroup makes some rows of one image, a thread a few pixels by a few channels in its
 * registers; input (with its halo) and filters pass through workgroup memory, four input channels at a time.
 */
export function convolution(plan: ConvolutionPlan): Program {
  const { height, width, inHeight, inWidth, inChannels, outChannels, isTransposed, prologue } = plan;
  const { rows, pixels, channels, block, isHalf } = plan;
  const { step, across, patches, threads, tileRows, tileColumns, reach, pitch, measures, bands } = layout(plan);
  const [in4, out4, block4, quads] = [Math.ceil(inChannels / 4), outChannels / 4, block / 4, channels / 4];
  const spread = isTransposed ? plan.stride : 1;
  const isRagged = inChannels % 4 !== 0;
  const { head, vector, rounded } = words(isHalf);
  const isScaled = isHalf && isTransposed;
  const bindings = new Bindings().read("source", isRagged ? "f32" : "vec4f").read("filters", "vec4f");
  if (prologue !== "raw") bindings.read("coefficients", "vec4f");
  if (prologue === "gradient") bindings.read("other", "vec4f");
  const end = epilogueOf(plan, bindings);
  bindings.write("out", "vec4f");
  if (measures) bindings.write("partial", "vec4f");

  const load =
    isRagged && prologue === "raw"
      ? `vec4f(${repeat(4, (c) => `pick(at * ${inChannels}u, chunk * 4u + ${c}u)`, ", ")})`
      : elementOf(prologue, "chunk", in4, plan.groupSize);
  const sparse = spread > 1 ? ` && y % ${spread} == 0 && x % ${spread} == 0` : "";

  const loadFilters = isTransposed
    ? // Filters lie as [tap][out][in] as seen from here: four rows of four are turned over.
      `for (var i = thread; i < ${9 * block4}u; i += ${threads}u) {
      let tap = i / ${block4}u; let quad = i % ${block4}u;
      let base = ((8u - tap) * ${outChannels}u + (first4 + quad) * 4u) * ${in4}u + chunk;
      let turned = transpose(mat4x4f(${repeat(4, (j) => `filters[base + ${j * in4}u]`, ", ")}));
      ${repeat(4, (j) => `weights[(tap * 4u + ${j}u) * ${block4}u + quad] = ${rounded(`turned[${j}]`)};`, " ")}
    }`
    : `for (var i = thread; i < ${36 * block4}u; i += ${threads}u) {
      let tap = i / ${4 * block4}u; let c = chunk * 4u + (i / ${block4}u) % 4u; let quad = first4 + i % ${block4}u;
      ${isRagged ? `weights[i] = ${vector}(0); if (c < ${inChannels}u)` : ""} { weights[i] = ${rounded(`filters[(tap * ${inChannels}u + c) * ${out4}u + quad]`)}; }
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
              (p) =>
                repeat(quads, (q) => `${isHalf ? "h" : "a"}${p}_${q} += x${p * step + kx}.${XYZW[c]} * w${q};`, " "),
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
      let at = ((image * ${height}u + y) * ${width}u + x) * ${out4}u + quad; let acc = a${p}_${q}${isScaled ? ` * ${1 / GRADIENT_SCALE}` : ""}; ${end.value} out[at] = v; sum0 += v;
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

  const each = (text: (acc: string) => string): string =>
    repeat(pixels, (p) => repeat(quads, (q) => text(`${p}_${q}`), " "), " ");
  return bindings.program(
    `
var<workgroup> tile: array<${vector}, ${tileRows * pitch}>;
var<workgroup> weights: array<${vector}, ${36 * block4}>;
${measures ? `var<workgroup> reduced: array<vec4f, ${2 * patches * block4}>;` : ""}
${isRagged && prologue === "raw" ? `fn pick(base: u32, c: u32) -> f32 { if (c < ${inChannels}u) { return source[base + c]; } return 0.0; }` : ""}
${entry(threads)} {
  let image = group.x / ${bands}u; let y0 = (group.x % ${bands}u) * ${rows}u; let first4 = group.y * ${block4}u;
  let quad0 = (thread % ${block / channels}u) * ${quads}u; let place = thread / ${block / channels}u;
  let py = place / ${across}u; let gx = place % ${across}u;
  ${each((i) => `var a${i} = vec4f(0);`)}
  for (var chunk = 0u; chunk < ${in4}u; chunk++) {
    if (chunk > 0u) { workgroupBarrier(); }
    for (var i = thread; i < ${tileRows * tileColumns}u; i += ${threads}u) {
      let r = i / ${tileColumns}u; let c = i % ${tileColumns}u;
      let y = i32(r + y0 * ${step}u) - 1; let x = i32(c) - 1; var v = vec4f(0);
      if (y >= 0 && y < ${inHeight * spread} && x >= 0 && x < ${inWidth * spread}${sparse}) {
        let at = (image * ${inHeight}u + u32(y) / ${spread}u) * ${inWidth}u + u32(x) / ${spread}u;
        let index = at * ${in4}u + chunk; v = ${load};
      }
      tile[r * ${pitch}u + c + c / ${reach}u] = ${rounded(isScaled ? scaled("v") : "v")};
    }
    ${loadFilters}
    workgroupBarrier();
    ${isHalf ? each((i) => `var h${i} = vec4h(0);`) : ""}
    ${products}
    ${isHalf ? each((i) => `a${i} += vec4f(h${i});`) : ""}
  }
  let y = y0 + py;
  ${finish}
  ${measures ? total : ""}
}`,
    head,
  );
}
