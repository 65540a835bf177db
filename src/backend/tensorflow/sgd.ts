import { dispose, scalar, type Scalar, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { execute, type NativeBackend } from "./operation.js";
import type { Kernels } from "./register.js";

const TYPE = { T: "float32" };

/** The kernel behind `sgd` in src/backend/fused: parameters and velocities get other handles in place of theirs. */
export const sgd: Kernels = {
  SgdMomentum(backend, inputs, attrs) {
    const { rate, momentum, decay, nesterov } = attrs as {
      rate: number;
      momentum: number;
      decay: number;
      nesterov: boolean;
    };
    const factors = [rate, momentum, decay].map((value) => scalar(value)) as [Scalar, Scalar, Scalar];
    const steps: Tensor[] = [];
    const compute = (name: string, a: TensorInfo, b: TensorInfo): Tensor => {
      const [made] = execute(backend, name, [a, b], TYPE);
      steps.push(made!);
      return made!;
    };
    const plus = (a: TensorInfo, b: TensorInfo, factor: number, by: Scalar): TensorInfo =>
      factor === 0 ? a : compute("AddV2", a, compute("Mul", b, by));
    const [byRate, byMomentum, byDecay] = factors;
    for (let i = 0; inputs[`parameter${i}`]; i++) {
      const [parameter, velocity] = [inputs[`parameter${i}`]!, inputs[`velocity${i}`]!];
      const slope = plus(inputs[`gradient${i}`]!, parameter, decay, byDecay);
      const speed = plus(slope, velocity, momentum, byMomentum);
      const step = nesterov ? plus(slope, speed, momentum, byMomentum) : speed;
      const moved = compute("Sub", parameter, compute("Mul", step, byRate));
      // Without momentum and decay it is the gradient itself, whose handle is its own.
      const own = steps.includes(speed as Tensor) ? (speed as Tensor) : execute(backend, "Identity", [speed], TYPE)[0]!;
      exchange(backend, velocity, own);
      exchange(backend, parameter, moved);
      dispose([...steps.splice(0), own]);
    }
    dispose(factors);
    return [];
  },
};

/** Swaps what two tensors hold. */
function exchange(backend: NativeBackend, a: Tensor, b: Tensor): void {
  const [one, other] = [backend.tensorMap.get(a.dataId), backend.tensorMap.get(b.dataId)];
  [one.id, other.id] = [other.id, one.id];
  [one.values, other.values] = [other.values, one.values];
}
