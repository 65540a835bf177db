import type { Backend } from "./backend.js";

/** TensorFlow.js in plain JavaScript: slow, and always there. */
export const cpu: Backend = {
  name: "cpu",
  title: "pure JavaScript",
  probe: () => ({ available: true }),
  async open() {
    const tf = await import("@tensorflow/tfjs");
    const { improveGradients } = await import("./gradients.js");
    improveGradients(); // here too, whether or not another backend has been opened
    // The first tensor prints a banner that recommends tfjs-node. Nothing else is silenced.
    const backend = tf.findBackend("cpu") as { firstUse?: boolean } | null;
    if (backend?.firstUse === true) backend.firstUse = false;
    return { description: "TensorFlow.js in pure JavaScript", threads: 1 };
  },
};
