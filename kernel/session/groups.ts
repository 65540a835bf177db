/** What `console.group` indents, closed when the next cell begins: one that failed or was interrupted never came to do so. */
export class ConsoleGroups {
  private opened = 0;
  private readonly end = console.groupEnd.bind(console);

  install(): void {
    const group = console.group.bind(console);
    console.group = console.groupCollapsed = (...label: unknown[]) => {
      this.opened++;
      group(...label);
    };
  }

  close(): void {
    for (; this.opened > 0; this.opened--) this.end();
  }
}
