import { scalar } from "@tensorflow/tfjs-core";
import { attributeList } from "./operation.js";
import type { Kernels } from "./kernel.js";

/**
 * The kernel behind `sgd` in src/backend/fused: parameters and velocities get other handles of TensorFlow's in place of theirs.
 * Works on handles, not tensors: there are some six operations a parameter, and a tensor around each costs as much as they do.
 */
export const sgd: Kernels = {
  SgdMomentum(backend, inputs, attrs) {
    const { rate, momentum, decay, nesterov } = attrs as Options;
    const { binding, tensorMap } = backend;
    const type = attributeList(backend, { T: "float32" });
    const factors = [momentum, decay, ...(inputs["rate"] ? [] : [rate])].map((value) => scalar(value, "float32"));
    const [byMomentum, byDecay, byRate] = backend.getInputTensorIds(
      inputs["rate"] ? [...factors, inputs["rate"]] : factors,
    ) as [number, number, number];
    const made = new Set<number>();
    const compute = (name: string, ...of: number[]): number => {
      const { id } = binding.executeOp(name, type, of, 1)[0]!;
      made.add(id);
      return id;
    };
    const plus = (a: number, b: number, factor: number, by: number): number =>
      factor === 0 ? a : compute("AddV2", a, compute("Mul", b, by));
    for (let i = 0; inputs[`parameter${i}`]; i++) {
      const tensors = ["parameter", "gradient", "velocity"].map((name) => inputs[`${name}${i}`]!);
      const [parameter, gradient, velocity] = backend.getInputTensorIds(tensors) as [number, number, number];
      const slope = plus(gradient, parameter, decay, byDecay);
      // Its own handle, also where it is the gradient.
      const speed =
        momentum === 0 && decay === 0 ? compute("Identity", slope) : plus(slope, velocity, momentum, byMomentum);
      const step = nesterov ? plus(slope, speed, momentum, byMomentum) : speed;
      const moved = compute("Sub", parameter, compute("Mul", step, byRate));
      tensorMap.get(tensors[0]!.dataId).id = moved;
      tensorMap.get(tensors[2]!.dataId).id = speed;
      made.delete(moved);
      made.delete(speed);
      for (const id of [parameter, velocity, ...made]) binding.deleteTensor(id);
      made.clear();
    }
    for (const factor of factors) factor.dispose();
    return [];
  },
};

type Options = { readonly rate: number; readonly momentum: number; readonly decay: number; readonly nesterov: boolean };
