export * as device from "./backend/device.js";
export * as random from "./random/index.js";
export * as tail from "./tail/index.js";
export * as rebalance from "./rebalance/index.js";
export * as losses from "./losses/index.js";
export * as data from "./data/index.js";
export * as theory from "./theory/index.js";
export * as report from "./report/index.js";
