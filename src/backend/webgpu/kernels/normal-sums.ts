import { PART as NUMBERS } from "../../fused/normal-sums.js";
import { Bindings, entry, type Program } from "../program.js";
import { BOX_MULLER, PHILOX } from "./random.js";

/** Most threads that share a part of a row; it is a group's. */
const GROUP = 256;
/** Blocks of four numbers in a part. */
const PART = NUMBERS / 4;

/** How many threads share a part of a row so that each has some blocks: a power of two. */
export function lanesOf(length: number): number {
  const blocks = Math.min(PART, Math.ceil(length / 4));
  return 2 ** Math.max(0, Math.min(8, Math.floor(Math.log2(blocks / 4))));
}

/**
 * Labels that are right, sum and sum of squares of each part of each row; ../../fused/normal-sums.ts says of which numbers.
 * `request`: two words of the key, the first row, items (parts of all rows), parts of a row, length of a row, threshold.
 */
export function normalSums(lanes: number): Program {
  return new Bindings().read("request", "u32").write("out", "f32").program(`${PHILOX}${BOX_MULLER}
var<workgroup> hits: array<u32, ${GROUP}>;
var<workgroup> moments: array<vec2f, ${GROUP}>;
${entry(GROUP)} {
  // A grid of lines: WebGPU allows 65,535 groups a side.
  let item = (group.y * request[7] + group.x) * ${GROUP / lanes}u + thread / ${lanes}u;
  let lane = thread % ${lanes}u;
  let key = vec2u(request[0], request[1]); let length = request[5]; let threshold = request[6];
  let row = request[2] + item / request[4]; let part = item % request[4];
  var hit = 0u; var sums = vec2f(0);
  if (item < request[3]) {
    let blocks = min((length + 3u) / 4u, (part + 1u) * ${PART}u);
    for (var block = part * ${PART}u + lane; block < blocks; block += ${lanes}u) {
      let words = philox(vec4u(block, 2u, row, 0u), key);
      let kept = vec4u(0u, 1u, 2u, 3u) < vec4u(length - 4u * block);
      let a = radius(words.x); let b = radius(words.z);
      let z = select(vec4f(0), vec4f(a * turn(words.y), a * turn(words.y - 0x40000000u), b * turn(words.w), b * turn(words.w - 0x40000000u)), kept);
      sums += vec2f(dot(z, vec4f(1)), dot(z, z));
      if (threshold > 0u) {
        let labels = philox(vec4u(block, 3u, row, 0u), key) >> vec4u(1u);
        let right = select(vec4u(0), vec4u(1), (labels < vec4u(threshold)) & kept);
        hit += right.x + right.y + right.z + right.w;
      }
    }
  }
  hits[thread] = hit; moments[thread] = sums;
  for (var stride = ${lanes >> 1}u; stride >= 1u; stride /= 2u) {
    workgroupBarrier();
    if (lane < stride) { hits[thread] += hits[thread + stride]; moments[thread] += moments[thread + stride]; }
  }
  if (lane == 0u && item < request[3]) {
    out[3u * item] = f32(hits[thread]); out[3u * item + 1u] = moments[thread].x; out[3u * item + 2u] = moments[thread].y;
  }
}`);
}
