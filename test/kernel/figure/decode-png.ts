import { inflateSync } from "node:zlib";

/** Reads back what encodePng may write: 8 bits, no filter, palette or RGBA. */
export function decodePng(png: Buffer): { width: number; height: number; pixels: number[]; chunks: string[] } {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    chunks.set(png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const part = (name: string): Buffer => chunks.get(name) ?? Buffer.alloc(0);
  const [width, height] = [part("IHDR").readUInt32BE(0), part("IHDR").readUInt32BE(4)];
  const palette = part("IHDR")[9] === 3;
  const rows = inflateSync(part("IDAT"));
  const stride = rows.length / height;
  const samples = Array.from({ length: height }, (_, row) => [
    ...rows.subarray(row * stride + 1, (row + 1) * stride),
  ]).flat();
  const colour = (i: number) => [...part("PLTE").subarray(3 * i, 3 * i + 3), part("tRNS")[i] ?? 255];
  return { width, height, pixels: palette ? samples.flatMap(colour) : samples, chunks: [...chunks.keys()] };
}
