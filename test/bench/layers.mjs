/** A ResNet-32 as one writes it with tf.layers, knowing nothing of this package: shortcuts are projections. */
import * as tf from "@tensorflow/tfjs";

export function layersModel() {
  const convolution = (x, filters, strides = 1, kernelSize = 3) => {
    const options = { filters, kernelSize, strides, padding: "same", useBias: false, kernelInitializer: "heNormal" };
    return tf.layers.batchNormalization().apply(tf.layers.conv2d(options).apply(x));
  };
  const relu = (x) => tf.layers.reLU().apply(x);
  const inputs = tf.input({ shape: [32, 32, 3] });
  let x = relu(convolution(inputs, 16));
  for (const planes of [16, 32, 64])
    for (let block = 0; block < 5; block++) {
      const stride = planes > 16 && block === 0 ? 2 : 1;
      const y = convolution(relu(convolution(x, planes, stride)), planes);
      x = relu(tf.layers.add().apply([stride === 2 ? convolution(x, planes, 2, 1) : x, y]));
    }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const outputs = tf.layers.dense({ units: 10, activation: "softmax" }).apply(pooled);
  const model = tf.model({ inputs, outputs });
  model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: "categoricalCrossentropy" });
  return model;
}
