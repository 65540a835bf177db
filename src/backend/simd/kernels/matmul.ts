import { broadcast_util, getKernel, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Attributes, Inputs, Kernels, SimdKernel } from "../kernel.js";
import { multiply, type Finish } from "./product.js";

/** Activations that the product's own kernel applies, by their number there. */
const FUSED: readonly string[] = ["linear", "relu", "relu6", "leakyrelu"];
/** The kernels that apply them, and others, by themselves. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  linear: "Identity",
  relu: "Relu",
  relu6: "Relu6",
  leakyrelu: "LeakyRelu",
  elu: "Elu",
  prelu: "Prelu",
  sigmoid: "Sigmoid",
};

const batchMatMul: SimdKernel = (backend, inputs, attrs) =>
  product(backend, inputs, attrs, { bias: 0, activation: 0, alpha: 0 });

const fusedMatMul: SimdKernel = (backend, inputs, attrs) => {
  const { bias, preluActivationWeights: weights } = inputs;
  const name = (attrs["activation"] as string | null | undefined) ?? "linear";
  const kernel = ACTIVATIONS[name];
  if (kernel === undefined) return undefined;
  const [, columns] = sides(inputs["b"]!, Boolean(attrs["transposeB"]));
  const fusesBias = !bias || isRow(bias, columns);
  const fusesActivation = fusesBias && FUSED.includes(name);
  const alpha = Number(attrs["leakyreluAlpha"]);
  let out = product(backend, inputs, attrs, {
    bias: bias && fusesBias ? backend.address(bias) : 0,
    activation: fusesActivation ? FUSED.indexOf(name) : 0,
    alpha,
  });
  if (out && !fusesBias) out = replaced(backend, out, "Add", { a: out, b: bias });
  if (out && !fusesActivation)
    out = replaced(backend, out, kernel, { x: out, ...(weights && { alpha: weights }) }, { alpha });
  return out;
};

export const matmul: Kernels = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul };

function product(backend: SimdBackend, inputs: Inputs, attrs: Attributes, finish: Finish): TensorInfo | undefined {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
  const fits = ({ dtype, shape }: TensorInfo): boolean => dtype === "float32" && shape.length >= 2;
  if (!fits(a) || !fits(b)) return undefined;
  const [aTransposed, bTransposed] = [Boolean(attrs["transposeA"]), Boolean(attrs["transposeB"])];
  const [rows, depth] = sides(a, aTransposed);
  const [inner, columns] = sides(b, bTransposed);
  if (depth !== inner) return undefined;
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.output([...outer, rows, columns]);
  if (util.sizeFromShape(out.shape) === 0) return out;
  const factor = (info: TensorInfo, transposed: boolean) => ({
    address: backend.address(info),
    transposed,
    batches: util.sizeFromShape(info.shape.slice(0, -2)),
    places: places(info.shape.slice(0, -2), outer),
  });
  const factors = { a: factor(a, aTransposed), b: factor(b, bTransposed) };
  multiply(backend, { ...factors, out: backend.address(out), rows, columns, depth }, finish);
  return out;
}

function sides({ shape }: TensorInfo, transposed: boolean): [number, number] {
  const [height, width] = shape.slice(-2) as [number, number];
  return transposed ? [width, height] : [height, width];
}

/** For each batch of the product, which of the given matrices it takes when their outer dimensions are broadcast. */
function places(dims: readonly number[], outer: readonly number[]): number[] {
  const missing = outer.length - dims.length;
  return outer.reduce<number[]>(
    (table, length, axis) => {
      const size = axis < missing ? 1 : dims[axis - missing]!;
      return table.flatMap((place) => Array.from({ length }, (_, i) => place * size + (size === 1 ? 0 : i)));
    },
    [0],
  );
}

/** Whether a bias is one row, for all rows of the product. */
function isRow({ dtype, shape }: TensorInfo, columns: number): boolean {
  const row = shape.length === 1 || (shape.length === 2 && shape[0] === 1);
  return row && dtype === "float32" && shape.at(-1) === columns;
}

/** What another kernel makes of an intermediate result, which nobody needs afterwards. */
function replaced(
  backend: SimdBackend,
  old: TensorInfo,
  kernel: string,
  inputs: Inputs,
  attrs: Attributes = {},
): TensorInfo {
  const { kernelFunc } = getKernel(kernel, "simd") ?? getKernel(kernel, "cpu");
  const result = kernelFunc({ inputs: { ...inputs }, backend, attrs }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(old);
  return result;
}
