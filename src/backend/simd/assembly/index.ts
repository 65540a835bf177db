// Every kernel that the backend can call. Each has (..., begin, end, thread) as its last parameters: the items to
// compute, and which thread computes them.
export * from "./arithmetic";
export * from "./unary";
export * from "./conversion";
export * from "./reduction";
export * from "./extreme";
export * from "./row";
export * from "./layout";
export * from "./transposition";
export * from "./pooling";
export * from "./unpooling";
export * from "./depthwise";
export * from "./normalization";
export * from "./gemm";
export * from "./product";
export * from "./skinny";
export * from "./activation";
export { winograd, winogradWeights } from "./winograd";
export { winogradGradient, winogradWeightGradient } from "./winograd-gradient";
export * from "./convolution";
export * from "./residual";
export * from "./training";
export * from "./random";
export { normalSums } from "./normal-sums";
