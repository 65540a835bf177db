/** Puts programs for subgroup matrices into words that any GPU knows: each thread of a subgroup computes whole matrices. */

const HELD = { left: ["m", "k"], right: ["k", "n"], result: ["m", "n"] };

/**
 * @param program of src/backend/webgpu/kernels/matrix-*.ts
 * @param shape its matrices: any sides and number of threads, those too that no GPU has
 * @returns the same in single precision: the same numbers where all of them fit into half precision
 */
export function emulated({ code, ...rest }, shape) {
  const made = new Map();
  const size = (kind) => HELD[kind].reduce((product, side) => product * shape[side], 1);
  let body = code
    .replaceAll(/^diagnostic.*$|^enable.*$/gmu, "")
    .replaceAll(/ @subgroup_size\(\d+\)/gu, "")
    .replaceAll(/\bvec4h\b/gu, "vec4f")
    .replaceAll(/\bf16\b/gu, "f32");
  body = body.replaceAll(
    /subgroupMatrixLoad<subgroup_matrix_(left|right)<f32, (\d+), (\d+)>, (row|col)_major>\(&(\w+), /gu,
    (_, kind, columns, rows, order, memory) => {
      const [down, across] = HELD[kind].map((side) => shape[side]);
      if (Number(columns) !== across || Number(rows) !== down)
        throw new Error(`a ${kind} factor of ${rows} x ${columns}`);
      const name = `load_${kind}_${order}_${memory}`;
      const at = order === "row" ? `r * pitch + c` : `c * pitch + r`;
      made.set(
        name,
        `fn ${name}(at: u32, pitch: u32) -> array<f32, ${size(kind)}> {
  var v: array<f32, ${size(kind)}>;
  for (var r = 0u; r < ${down}u; r++) { for (var c = 0u; c < ${across}u; c++) { v[r * ${across}u + c] = ${memory}[at + ${at}]; } }
  return v;
}`,
      );
      return `${name}(`;
    },
  );
  body = body.replaceAll(/subgroupMatrixStore<row_major>\(&(\w+), /gu, (_, memory) => {
    const name = `store_${memory}`;
    made.set(
      name,
      `fn ${name}(at: u32, v: array<f32, ${size("result")}>, pitch: u32) {
  for (var i = 0u; i < ${size("result")}u; i++) { ${memory}[at + (i / ${shape.n}u) * pitch + i % ${shape.n}u] = v[i]; }
}`,
    );
    return `${name}(`;
  });
  made.set(
    "multiply",
    `fn subgroupMatrixMultiplyAccumulate(a: array<f32, ${size("left")}>, b: array<f32, ${size("right")}>, s: array<f32, ${size("result")}>) -> array<f32, ${size("result")}> {
  var v = s;
  var x = a;
  var y = b;
  for (var i = 0u; i < ${size("result")}u; i++) {
    for (var j = 0u; j < ${shape.k}u; j++) { v[i] += x[(i / ${shape.n}u) * ${shape.k}u + j] * y[j * ${shape.n}u + i % ${shape.n}u]; }
  }
  return v;
}`,
  );
  body = body.replaceAll(/subgroup_matrix_result<f32, \d+, \d+>/gu, `array<f32, ${size("result")}>`);
  if (/subgroup/u.test(body.replaceAll("subgroupMatrixMultiplyAccumulate", "")))
    throw new Error("words without a match");
  return { ...rest, code: body.replace(/@compute/u, `${[...made.values()].join("\n")}\n@compute`) };
}
