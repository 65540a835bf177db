/** What a program of src/backend/webgpu must do at least, by the plan in its label: operations, and bytes in and out once. */
export function workOf(label, count) {
  const plan = /^(convolution|filter gradient) (\{.*\})$/u.exec(label);
  if (!plan) return undefined;
  const { height, width, inHeight, inWidth, inChannels, outChannels, stride, isTransposed, prologue, epilogue } =
    JSON.parse(plan[2]);
  const [ins, outs] = [inHeight * inWidth * inChannels, height * width * outChannels];
  // Of a transposed convolution only every stride-th pixel of the input is one.
  const pixels = isTransposed ? inHeight * inWidth : height * width;
  const flops = 2 * 9 * pixels * inChannels * outChannels * count;
  const isFilter = plan[1] === "filter gradient";
  const reads = isFilter ? ins + 2 * outs : ins * (prologue === "gradient" ? 2 : 1) + (epilogue === "mask" ? outs : 0);
  const writes = isFilter ? 0 : outs;
  return { flops, bytes: 4 * count * (reads + writes) + 36 * inChannels * outChannels, stride };
}
