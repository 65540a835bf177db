/** Specs of TensorFlow.js that a backend need not pass: what their names or failures look like, and why. */
export const excluded = {
  simd: [
    [
      /^Switching cpu backends/,
      'written for the backend called "cpu" alone; test/src/backend/simd/backend.test.ts moves tensors between that and ours',
    ],
    [
      /^avgPool node {} gradient x=\[3,3,1\] f=\[3,3\] s=1 p=explicit/,
      "it divides by the window where the mean is by the pixels in it; test/src/backend/gradients.test.ts has the gradient",
    ],
  ],
  // Only those of convolutions are run as a test: the rest is TensorFlow.js's own.
  webgpu: [],
  // Nearly what tfjs-node 4.22 leaves out of its own run of these (dist/run_tests.js), by cause.
  tensorflow: [
    [/^Switching cpu backends/, 'written for the backend called "cpu" alone'],
    [
      /Kernel '(BitwiseAnd|DenseBincount|MaxPoolWithArgmax|Ragged\w+|SearchSorted|Sparse(FillEmptyRows|Reshape|Segment\w+)|String\w+|Transform)' not registered/,
      "tfjs-node has no such kernel",
    ],
    [
      /^(avgPool|pool|avgPool3d|maxPool3d).*(EXPLICIT|NUMBER)$/s,
      "tfjs-node pads means and volumes as valid or same only",
    ],
    [
      /^(maxPool|pool) .*padding \d+ needs to be smaller than the window size/is,
      "TensorFlow refuses windows that may be padding alone",
    ],
    [/^conv2d .*only supports the NHWC tensor format on the CPU/s, "TensorFlow convolves NHWC only on CPUs"],
    [/^fused conv2d .*does not support dataFormat:'NCHW'/s, "tfjs-node fuses NHWC only"],
    [
      /^(depthwiseConv2D|separableConv2d) .*does not support dilations/s,
      "TensorFlow dilates no depthwise convolution on CPUs",
    ],
    [/^depthwiseConv2d gradients node {} throws error on dilations > 1/, "another message"],
    [
      /^(greater|less)(Equal)? node {} should support string comparison|^diag node {} bool|^leakyrelu node {} int32|^step kernel node {} with int32/,
      "TensorFlow's operation does not take that type",
    ],
    [
      /^scatterND node {} should (work for (simple 1d|multiple 1d|2d|tensorLike input)|sum the duplicated)/,
      "TensorFlow checks shapes that TensorFlow.js does not (tfjs issue 806)",
    ],
    [/^sign node {} (basic|does not propagate NaNs|accepts)/, "TensorFlow's sign of NaN is NaN"],
    [/^einsum node {} (2d matrix calculate trace|nonexistent dimension)/, "TensorFlow does more, or says otherwise"],
    [
      /^conv2dTranspose node {} input=8x8x8,output=4x4x8|^avgPool3d node {} x=\[1,1,1,1,1\] f=\[1,1,3\] s=1 p=valid/,
      "TensorFlow refuses results that do not fit",
    ],
    [
      /^multinomial node {} creates the same data|^tan node {} numbers exceed|^unique node {} 1d tensor with NaN/,
      "another generator, the last bits, another order of NaN",
    ],
  ],
};

/** @returns why a spec is excluded on a backend, if it is; `failure` is what it ended with */
export function exclusion(backend, name, failure = "") {
  return excluded[backend].find(([pattern]) => pattern.test(`${name} ${failure}`.trim()))?.[1];
}
