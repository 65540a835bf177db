import { encodePng } from "./png.js";

/** The part of a 2D canvas that plotly draws heat maps and images with: filled rectangles and raw pixels. */
export class PixelContext {
  /** CSS colour of the next fillRect: #rgb, #rrggbb, rgb(), rgba(), hsl() or hsla(). */
  fillStyle = "#000";
  readonly #canvas: { readonly width: number; readonly height: number };
  #pixels = new Uint8ClampedArray(0);
  #width = 0;
  #height = 0;

  constructor(canvas: { readonly width: number; readonly height: number }) {
    this.#canvas = canvas;
  }

  createImageData(width: number, height: number): { width: number; height: number; data: Uint8ClampedArray } {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }

  putImageData(image: { width: number; height: number; data: Uint8ClampedArray }, left: number, top: number): void {
    this.#resize();
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        const from = 4 * (y * image.width + x);
        this.#set(left + x, top + y, image.data.subarray(from, from + 4));
      }
    }
  }

  getImageData(left: number, top: number, width: number, height: number) {
    this.#resize();
    const image = this.createImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!this.#inside(left + x, top + y)) continue;
        const from = 4 * ((top + y) * this.#width + left + x);
        image.data.set(this.#pixels.subarray(from, from + 4), 4 * (y * width + x));
      }
    }
    return image;
  }

  /** Replaces the pixels whose centre lies inside; on an empty canvas, for plotly's opaque bricks, the same as blending. */
  fillRect(left: number, top: number, width: number, height: number): void {
    this.#resize();
    const colour = parseColour(this.fillStyle);
    const [x0, x1] = [Math.round(Math.min(left, left + width)), Math.round(Math.max(left, left + width))];
    const [y0, y1] = [Math.round(Math.min(top, top + height)), Math.round(Math.max(top, top + height))];
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) this.#set(x, y, colour);
  }

  clearRect(left: number, top: number, width: number, height: number): void {
    const { fillStyle } = this;
    this.fillStyle = "rgba(0,0,0,0)";
    this.fillRect(left, top, width, height);
    this.fillStyle = fillStyle;
  }

  toDataURL(): string {
    this.#resize();
    if (this.#width === 0 || this.#height === 0) return "data:,";
    return `data:image/png;base64,${encodePng(this.#pixels, this.#width, this.#height).toString("base64")}`;
  }

  /** A canvas that changes its size loses its content. */
  #resize(): void {
    const { width, height } = this.#canvas;
    if (width === this.#width && height === this.#height) return;
    [this.#width, this.#height] = [width, height];
    this.#pixels = new Uint8ClampedArray(4 * width * height);
  }

  #inside(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.#width && y < this.#height;
  }

  #set(x: number, y: number, colour: ArrayLike<number>): void {
    if (this.#inside(x, y)) this.#pixels.set(colour, 4 * (y * this.#width + x));
  }
}

/** Red, green, blue, alpha, each 0 to 255. */
export function parseColour(css: string): [number, number, number, number] {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(css.trim())?.[1];
  if (hex) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
    const [r = 0, g = 0, b = 0] = digits.map((pair) => Number.parseInt(pair, 16));
    return [r, g, b, 255];
  }
  const [, model, list] = /^(rgb|hsl)a?\(([^)]*)\)$/i.exec(css.trim()) ?? [];
  if (!model || !list)
    throw new Error(`expected a colour as #rgb, #rrggbb, rgb(), rgba(), hsl() or hsla(), got "${css}"`);
  const [p = 0, q = 0, r = 0, alpha = 1] = list.split(",").map((part) => Number.parseFloat(part));
  const opacity = Math.round(255 * alpha);
  if (model.toLowerCase() === "rgb") return [p, q, r, opacity];
  return [...hslToRgb(p, q / 100, r / 100), opacity];
}

function hslToRgb(hue: number, saturation: number, lightness: number): [number, number, number] {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): number => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
