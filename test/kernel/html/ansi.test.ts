import { describe, expect, it } from "vitest";
import { ansiToHtml } from "../../../kernel/html/ansi.js";

const ESC = "\u001b[";

describe("ansiToHtml", () => {
  it("marks colours and weights up, combined, replaced and reset", () => {
    expect(ansiToHtml(`a${ESC}1;31mb${ESC}32mc${ESC}22md${ESC}0me`)).toBe(
      'a<span class="ansi-bold ansi-fg-1">b</span><span class="ansi-bold ansi-fg-2">c</span><span class="ansi-fg-2">d</span>e',
    );
    expect(ansiToHtml(`${ESC}91;44mx${ESC}39my${ESC}mz`)).toBe(
      '<span class="ansi-fg-9 ansi-bg-4">x</span><span class="ansi-bg-4">y</span>z',
    );
    expect(ansiToHtml(`${ESC}102mx`)).toBe('<span class="ansi-bg-10">x</span>');
  });

  it("knows 256 and true colours", () => {
    expect(ansiToHtml(`${ESC}38;5;208mx`)).toBe('<span style="color:rgb(255,135,0)">x</span>');
    expect(ansiToHtml(`${ESC}38;5;244mx`)).toBe('<span style="color:rgb(128,128,128)">x</span>');
    expect(ansiToHtml(`${ESC}48;2;1;2;3;1mx`)).toBe(
      '<span class="ansi-bold" style="background-color:rgb(1,2,3)">x</span>',
    );
    expect(ansiToHtml(`${ESC}38;5;9mx${ESC}39my`)).toBe('<span style="color:var(--ansi-9)">x</span>y');
  });

  it("knows where the named colours, the cube and the greys of the 256 begin and end", () => {
    const shown = [15, 16, 21, 231, 232, 255].map((colour) => ansiToHtml(`${ESC}38;5;${colour}mx`).slice(19, -10));
    expect(shown).toEqual([
      "var(--ansi-15)",
      "rgb(0,0,0)",
      "rgb(0,0,255)",
      "rgb(255,255,255)",
      "rgb(8,8,8)",
      "rgb(238,238,238)",
    ]);
    expect(ansiToHtml(`${ESC}90;107mx`)).toBe('<span class="ansi-fg-8 ansi-bg-15">x</span>');
    expect(ansiToHtml(`${ESC}97;40mx`)).toBe('<span class="ansi-fg-15 ansi-bg-0">x</span>');
    expect(ansiToHtml(`${ESC}37;100mx`)).toBe('<span class="ansi-fg-7 ansi-bg-8">x</span>');
  });

  it("ends every colour where all is reset, and goes on with what follows a colour", () => {
    expect(ansiToHtml(`${ESC}38;5;208;48;2;1;2;3mx${ESC}0my`)).toMatch(/ style="[^"]+">x<\/span>y$/);
    expect(ansiToHtml(`${ESC}48;5;196;4mx${ESC}49my`)).toBe(
      '<span class="ansi-underline" style="background-color:rgb(255,0,0)">x</span><span class="ansi-underline">y</span>',
    );
  });

  it("escapes text", () => {
    expect(ansiToHtml(`<b>${ESC}31m&`)).toBe('&lt;b&gt;<span class="ansi-fg-1">&amp;</span>');
  });

  it("keeps of a progress line its last state", () => {
    expect(ansiToHtml("a\n10 %\r50 %\r100 %\nb\r\nc\r")).toBe("a\n100 %\nb\nc");
    expect(ansiToHtml(`${ESC}2K${ESC}1G10 %\r${ESC}32mdone${ESC}0m`)).toBe('<span class="ansi-fg-2">done</span>');
    expect(ansiToHtml("abc\b\bxy")).toBe("axy");
  });

  it("takes long lines in time that grows as they do", () => {
    const length = 300_000;
    expect(ansiToHtml("x".repeat(length) + "\b".repeat(length - 1))).toBe("x");
    expect(ansiToHtml(`${ESC}${"38;".repeat(length)}1mx`)).toBe('<span class="ansi-bold">x</span>');
  });

  it("drops sequences that move the cursor, set titles or link", () => {
    expect(ansiToHtml(`${ESC}2J${ESC}?25la\u001b]0;title\u0007b\u001b]8;;http://x\u001b\\c`)).toBe("abc");
  });
});
