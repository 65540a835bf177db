import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { normalizesInGroups, requireGroups } from "../backend/fused/index.js";
import { withDefaults } from "../options.js";
import { stream } from "../random/index.js";
import { formatCount, Tabular, type Grid } from "../show/index.js";
import type { Mode } from "./conv-norm.js";
import type { Head, HeadName } from "./head.js";
import { head } from "./heads.js";
import { Variables, type Named } from "./variables.js";

/** Images to features of the penultimate layer, [batch, width]. */
export interface Backbone {
  readonly width: number;
  /** Whether `apply` knows of groups. Default false: they are shown to it one by one. */
  readonly takesGroups?: boolean;
  /**
   * @param inputGradient whether the gradient by the images is wanted; a first layer that is told not to make it saves time
   * @param groups of consecutive images, which every batch normalization sees apart. Default 1
   */
  readonly apply: (images: Tensor4D, mode: Mode, inputGradient: boolean, groups?: number) => Tensor2D;
}

export interface NetworkOptions {
  /** Number of classes, 2 or more. */
  readonly classes: number;
  /** Default "linear". */
  readonly head?: HeadName;
  /** Channels of the images. Default 3. */
  readonly channels?: number;
  /** Of the stream "init" that the weights begin with. Default 0. */
  readonly seed?: number;
}

/** A backbone and a classifier, and their variables. Its owner disposes of it. Shows itself as a table of its parts. */
export class Network extends Tabular {
  /** What gradients change, in order. */
  readonly weights: readonly Named[];
  /** Running statistics of the batch normalizations. */
  readonly statistics: readonly Named[];
  /** Length of the features. */
  readonly width: number;
  private readonly backbone: Backbone;
  private readonly classifier: Head;

  /** Use `resnet32` and the like. */
  constructor(
    /** "resnet32" */
    readonly name: string,
    readonly options: Required<NetworkOptions>,
    private readonly build: (variables: Variables, channels: number) => Backbone,
  ) {
    super();
    const variables = new Variables(stream(options.seed, "init"));
    this.weights = variables.weights;
    this.statistics = variables.statistics;
    try {
      this.backbone = build(variables, options.channels);
      this.width = this.backbone.width;
      this.classifier = head(options.head, variables, this.width, options.classes);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  get classes(): number {
    return this.options.classes;
  }

  get head(): HeadName {
    return this.options.head;
  }

  /** How many numbers gradients change. */
  get parameterCount(): number {
    return this.weights.reduce((sum, { variable }) => sum + variable.size, 0);
  }

  /**
   * Features of the penultimate layer.
   * @param images normalized, NHWC
   * @param inputGradient whether the gradient by the images is wanted, which costs time. Default false: there is none
   * @returns [batch, width]
   */
  features(images: Tensor4D, mode: Mode = "eval", inputGradient = false): Tensor2D {
    this.requireFitting(images);
    return this.backbone.apply(images, mode, inputGradient);
  }

  /**
   * Features of a batch whose groups of consecutive images every batch normalization sees apart, as several devices would.
   * @param groups divides the batch
   * @returns [batch, width]
   */
  featuresInGroups(images: Tensor4D, groups: number, mode: Exclude<Mode, "eval">): Tensor2D {
    requireGroups(this.name, images.shape[0], groups);
    if (groups > 1 && !(this.backbone.takesGroups && normalizesInGroups()))
      return tf.concat(tf.split<Tensor4D>(images, groups).map((part) => this.features(part, mode)));
    this.requireFitting(images);
    return this.backbone.apply(images, mode, false, groups);
  }

  /** @returns [batch, classes]: logits, or cosines where the head is "cosine" */
  logits(images: Tensor4D, mode: Mode = "eval", inputGradient = false): Tensor2D {
    return this.classify(this.features(images, mode, inputGradient));
  }

  /** Logits of features. */
  classify(features: Tensor2D): Tensor2D {
    this.requireUndisposed();
    return this.classifier.apply(features);
  }

  /** Another network of this kind, newly initialized but for what the options say. */
  fresh(options: Partial<NetworkOptions> = {}): Network {
    return new Network(this.name, withDefaults(this.options, options), this.build);
  }

  /** An equal network with variables of its own. */
  copy(): Network {
    this.requireUndisposed();
    const copy = this.fresh();
    copy.assign(this);
    return copy;
  }

  /** Takes over all values of an equal network. @throws RangeError for one with other variables; Error for one that was disposed of */
  assign(from: Network): void {
    for (const network of [this, from]) network.requireUndisposed();
    const [ours, theirs] = [this, from].map(({ weights, statistics }) => [...weights, ...statistics]) as [
      Named[],
      Named[],
    ];
    const said = (list: readonly Named[]): string =>
      list.map(({ name, variable }) => `${name} ${variable.shape.join(" x ")}`).join();
    if (said(ours) !== said(theirs)) {
      const what = ({ name, head, classes }: Network): string => `${name}, ${head} head, ${classes} classes`;
      throw new RangeError(
        `assign: expected an equal network (${what(this)}), found ${what(from)}; transfer copies a backbone alone`,
      );
    }
    ours.forEach(({ variable }, i) => variable.assign(theirs[i]!.variable));
  }

  /** SHA-256 of all values: tells networks apart. */
  async digest(): Promise<string> {
    this.requireUndisposed();
    const hash = createHash("sha256").update(`${this.name}, ${this.head}, ${this.classes} classes\n`);
    for (const { name, variable } of [...this.weights, ...this.statistics])
      hash.update(name).update((await variable.data()) as Float32Array);
    return hash.digest("hex");
  }

  protected override summary(): string {
    return `${this.name}, ${this.classes} classes`;
  }

  protected override grid(): Grid {
    const parts = new Map<string, number>();
    for (const { name, variable } of this.weights) {
      const [part, block] = name.split("/") as [string, string?];
      const key = block?.startsWith("block") ? `${part}/${block}` : part;
      parts.set(key, (parts.get(key) ?? 0) + variable.size);
    }
    return {
      caption: `${this.name}, ${this.head} head of ${this.classes} classes: ${formatCount(this.parameterCount)} parameters`,
      columns: [
        { head: "part", numeric: false },
        { head: "parameters", numeric: true },
      ],
      rows: [...parts].map(([part, size]) => ({ cells: [part, formatCount(size)] })),
    };
  }

  /** @throws Error where its variables are gone: TensorFlow.js's own would not say whose they were */
  requireUndisposed(): void {
    if (this.weights.some(({ variable }) => variable.isDisposed))
      throw new Error(
        `${this.name}: this network was disposed of, and its weights are gone; dispose of a network or a fit after its last use, ` +
          "or keep network.copy()",
      );
  }

  private requireFitting({ shape: [, , , channels] }: Tensor4D): void {
    if (channels !== this.options.channels)
      throw new RangeError(`${this.name}: expected images of ${this.options.channels} channels, found ${channels}`);
    this.requireUndisposed();
  }

  dispose(): void {
    tf.dispose([...this.weights, ...this.statistics].map(({ variable }) => variable));
  }
}
