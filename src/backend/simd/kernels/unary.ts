import { util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Attributes, Kernels, SimdKernel } from "../kernel.js";
import { GRAIN } from "./broadcast.js";

/** What takes several times as long as an addition is cut into smaller pieces. */
const SLOW_GRAIN = GRAIN / 4;

function apply(backend: SimdBackend, x: TensorInfo, op: number, p = 0, q = 0, grain = GRAIN): TensorInfo {
  const out = backend.output(x.shape);
  const items = util.sizeFromShape(x.shape);
  backend.run("unary", { items, grain }, op, backend.address(x), backend.address(out), p, q);
  return out;
}

/** An operation on float32. @param op see assembly/unary.ts */
function float(op: number, parameters: (attrs: Attributes) => number[] = () => [], grain = GRAIN): SimdKernel {
  return (backend, { x }, attrs) => {
    if (x!.dtype !== "float32") return undefined;
    const [p, q] = parameters(attrs);
    return apply(backend, x!, op, p, q, grain);
  };
}

const slow = (op: number): SimdKernel => float(op, undefined, SLOW_GRAIN);

/** Powers by one of a few exponents; the general one is the fallback's. */
const pow: SimdKernel = (backend, inputs) => {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
  if (a.dtype !== "float32" || b.dtype !== "float32" || b.shape.length > 0) return undefined;
  switch (backend.float32(b)[0]) {
    case 0.5:
      return apply(backend, a, 24);
    case 1:
      return backend.alias(a, a.shape);
    case 2:
      return apply(backend, a, 7);
    case -1:
      return apply(backend, a, 10);
    default:
      return undefined;
  }
};

export const unary: Kernels = {
  Relu: float(0),
  Relu6: float(1),
  Elu: slow(2),
  Selu: slow(3),
  Step: float(4, ({ alpha }) => [alpha as number]),
  Abs: float(5),
  Neg: float(6),
  Square: float(7),
  Sqrt: float(8),
  Rsqrt: float(9),
  Reciprocal: float(10),
  Sign: float(11),
  Floor: float(12),
  Ceil: float(13),
  Round: float(14),
  Exp: slow(15),
  Log: slow(16),
  Log1p: slow(17),
  Expm1: slow(18),
  Sigmoid: slow(19),
  Tanh: slow(20),
  Softplus: slow(21),
  ClipByValue: float(22, ({ clipValueMin, clipValueMax }) => [clipValueMin as number, clipValueMax as number]),
  LeakyRelu: float(23, ({ alpha }) => [alpha as number]),
  Pow: pow,
};
