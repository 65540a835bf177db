/** What an interrupt leaves behind in TensorFlow.js, known by its shape: nothing of it is imported here. */

/** The part of tfjs's engine that says how deep the running code is nested. All copies of tfjs share `_tfengine`. */
interface Engine {
  readonly state: {
    scopeStack: unknown[];
    activeScope: unknown;
    kernelDepth: number;
    gradientDepth: number;
    activeTape: unknown;
    numDataMovesStack: unknown[];
    profiling: boolean;
  };
  endScope(): void;
}

/**
 * Code that was cut off inside `tf.tidy`, a gradient or an operation never closed it: what is computed later would be thrown
 * away, or not be differentiated. To be called when no user code is on the stack, so that nothing can be open rightly.
 */
export function closeOpenScopes(): void {
  const engine = (globalThis as { _tfengine?: Partial<Engine> })._tfengine;
  const state = engine?.state;
  if (!state || !Array.isArray(state.scopeStack) || typeof state.kernelDepth !== "number") return;
  state.kernelDepth = state.gradientDepth = 0;
  state.numDataMovesStack = [];
  state.activeTape = null;
  state.profiling = false;
  try {
    while (state.scopeStack.length > 0) engine.endScope!(); // disposes of the tensors made there
  } catch {
    state.scopeStack = [];
    state.activeScope = null;
  }
}

/** A Keras-style model (or the one that a sequential model wraps) whose `fit` was cut off would refuse to train again. */
export function stopTraining(value: unknown): void {
  try {
    if (typeof value !== "object" || value === null) return;
    if ("isTraining" in value && "stopTraining" in value && value.isTraining === true)
      Object.assign(value, { stopTraining: true, isTraining: false });
    if ("model" in value && value.model !== value) stopTraining(value.model);
  } catch {
    // a proxy or a getter that throws: no model
  }
}
