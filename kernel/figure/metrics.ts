/**
 * Widths of text in Helvetica / Arial (the two share their metrics), so that a figure laid out without a browser gets the
 * legends, tick labels and margins that a browser would give it.
 */

/** Font of a run of text. */
export interface Font {
  /** Size in pixels. */
  readonly size: number;
  readonly bold: boolean;
  /** CSS font-family; only monospace families are told apart from Helvetica. */
  readonly family: string;
}

const regular = widths({
  188: "′",
  191: "'",
  222: "ijlι‘’",
  260: "|¦",
  274: "∫",
  278: " !,./:;I[\\]ft·Ιìíîïı",
  333: "()-`r¡¨²³´¸¹“”",
  334: "{}",
  350: "•",
  354: "″",
  355: '"',
  365: "º",
  370: "ª",
  389: "*",
  395: "τ",
  400: "°",
  441: "ζ",
  446: "ε",
  448: "ξ",
  469: "^",
  482: "ς",
  494: "∂",
  500: "Jcksvxyzγκλν↑↓",
  525: "χ",
  537: "¶",
  547: "υ",
  549: "±÷√≈≠≤≥",
  551: "Γ",
  552: "¯",
  556: "0123456789#$?L_abdeghnopqu¢£¤¥§«»ðþηθο–",
  557: "δ",
  569: "ρ",
  575: "β",
  576: "µμ",
  578: "α",
  584: "+<=>~¬×−",
  611: "FTZ¿ßøΖΤ",
  617: "σ",
  618: "Σ",
  648: "φ",
  650: "Ξ",
  667: "&ABEKPSVXYÞΑΒΕΚΡΥΧ",
  668: "ΔΛ",
  690: "π",
  713: "ψ∑∞",
  722: "CDHNRUwÐΗΝΠ",
  737: "©®",
  748: "Ω",
  778: "GOQØΘΟ",
  781: "ω",
  798: "Φ",
  823: "∏",
  833: "MmΜ",
  834: "¼½¾",
  835: "Ψ",
  889: "%æ",
  944: "W",
  1000: "Æ—…←→↔",
  1015: "@",
});
const bold = widths({
  238: "'",
  240: "′",
  274: "∫",
  278: " ,./I\\ijl·Ιι‘’",
  280: "|¦",
  333: "!()-:;[]`ft¡¨²³´¸¹",
  350: "•",
  365: "º",
  370: "ª",
  389: "*r{}",
  400: "°",
  445: "ξ",
  446: "τ",
  460: "ζ",
  474: '"',
  475: "ε",
  479: "″",
  494: "∂",
  500: "z“”↑↓",
  520: "ς",
  541: "θ",
  549: "±÷√≈≠≤≥",
  552: "¯",
  556: "0123456789#$J_aceksvxy¢£¤¥§«¶»γλν–",
  558: "κ",
  576: "µχ",
  582: "υ",
  584: "+<=>^~¬×−",
  600: "Σ",
  601: "Γ",
  606: "δ",
  610: "β",
  611: "?FLTZbdghnopqu¿ßðøþΖΤηο",
  612: "μ",
  615: "α",
  619: "ρ",
  644: "Ξ",
  667: "EPSVXYÞΕΛΡΥΧ",
  684: "σ",
  713: "∑∞",
  715: "φ",
  719: "Δ",
  722: "&ABCDHKNRUÐΑΒΗΚΝΠ",
  737: "©®",
  753: "ψ",
  766: "π",
  778: "GOQwØΘΟ",
  802: "Ω",
  809: "Ψ",
  821: "Φ",
  823: "∏",
  833: "MΜ",
  834: "¼½¾",
  845: "ω",
  889: "%mæ",
  944: "W",
  975: "@",
  1000: "Æ—…←→↔",
});

/** Advance widths in 1/1000 em, by character. */
function widths(groups: Record<number, string>): Map<string, number> {
  const table = new Map<string, number>();
  for (const [width, characters] of Object.entries(groups)) {
    for (const character of characters) table.set(character, Number(width));
  }
  return table;
}

const MONOSPACE_WIDTH = 600;
const AVERAGE_WIDTH = 556;
const WIDE_WIDTH = 1000;

/** Width of `text` in pixels when set in `font` on one line. */
export function textWidth(text: string, font: Font): number {
  const table = font.bold ? bold : regular;
  const monospace = /mono|courier|consolas|menlo/i.test(font.family);
  let sum = 0;
  for (const character of text) sum += monospace ? monospaceWidth(character) : sansWidth(character, table);
  return (sum * font.size) / 1000;
}

/** Height of the letters above the baseline, in pixels; rounded as browsers do. */
export function ascent(font: Font): number {
  return Math.round(0.905 * font.size);
}

/** Depth of the letters below the baseline, in pixels; rounded as browsers do. */
export function descent(font: Font): number {
  return Math.round(0.212 * font.size);
}

function monospaceWidth(character: string): number {
  return isZeroWidth(character) ? 0 : MONOSPACE_WIDTH;
}

function sansWidth(character: string, table: Map<string, number>): number {
  const known = table.get(character);
  if (known !== undefined) return known;
  if (isZeroWidth(character)) return 0;
  const base = character.normalize("NFKD").charAt(0);
  const ofBase = table.get(base);
  if (ofBase !== undefined) return isRaised(character) ? ofBase * 0.7 : ofBase;
  return isWide(character) ? WIDE_WIDTH : AVERAGE_WIDTH;
}

/** Combining marks, zero-width spaces and joiners, variation selectors, line ends. */
function isZeroWidth(character: string): boolean {
  return /[\p{M}\u200b-\u200f\u2060\ufeff\n\r]/u.test(character);
}

/** Superscript and subscript digits, letters and signs. */
function isRaised(character: string): boolean {
  return /[\u2070-\u209c]/.test(character);
}

/** East Asian scripts, full-width forms, pictographs. */
function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\p{Extended_Pictographic}]/u.test(
    character,
  );
}
