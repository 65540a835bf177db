import type { Scope } from "./scope.js";

/** A name, but no property: not behind a dot, unless it is spread. */
const NAME = /(?<!(?:^|[^.])\.)(?<![\p{ID_Continue}$])[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;

/** Names whose cell ended before it gave them a value. To the types of later cells they are there, so that only this can tell. */
export class UnsetNames {
  private readonly cells = new Map<string, string>();

  constructor(private readonly scope: Scope) {}

  /** A cell that declares these names has failed. */
  failed(names: readonly string[], cell: string): void {
    for (const name of names) if (this.scope.value(name) === undefined) this.cells.set(name, cell);
  }

  /** A cell that declares these names has run to its end. */
  ran(names: readonly string[]): void {
    for (const name of names) this.cells.delete(name);
  }

  /** What may have made a cell fail: a line for each such name in it that it does not declare itself. */
  hints(source: string, declared: readonly string[]): string[] {
    return [...new Set(source.match(NAME))].flatMap((name) => {
      const cell = this.cells.get(name);
      if (cell === undefined || declared.includes(name) || this.scope.value(name) !== undefined) return [];
      return [
        `${name} has no value: ${cell}, which declares it, failed or was interrupted before. Run that one again.`,
      ];
    });
  }
}
