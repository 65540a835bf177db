import { parseArgs, type ParseArgsConfig } from "node:util";
import { suggestion } from "../nearest.js";

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;
type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** One command of the command line. */
export interface Command {
  /** Help: usage, what it does, options, examples. */
  readonly help: string;
  readonly options: OptionsConfig;
  /** What the command takes besides options. Default: nothing. */
  readonly positionals?: boolean;
  /** Whether everything but --help is handed on to another program as it stands. */
  readonly passThrough?: boolean;
  /** @returns the exit code */
  run(values: Values, positionals: string[]): Promise<number> | number;
}

/** The command line cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Parses the arguments after a command's name. @throws UsageError that names the nearest option */
export function parse(command: Command, args: string[]): { values: Values; positionals: string[] } {
  if (command.passThrough) {
    const isHelp = args[0] === "--help" || args[0] === "-h";
    return { values: { help: isHelp }, positionals: args[0] === "--" ? args.slice(1) : args };
  }
  const options: OptionsConfig = { help: { type: "boolean", short: "h" }, ...command.options };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: command.positionals ?? false });
    return { values, positionals };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const unknown = code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? /'(--?[^' =]+)/.exec(message)?.[1] : undefined;
    if (unknown === undefined) throw new UsageError(message);
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`Unknown option ${unknown}. ${suggestion(unknown, known)}`);
  }
}

/** A text option. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** An option in seconds, as milliseconds. @throws UsageError unless it is a positive number */
export function milliseconds(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() === "" || !(seconds > 0 && Number.isFinite(seconds)))
    throw new UsageError(`--${name}: expected a positive number of seconds, found "${value}"`);
  return seconds * 1000;
}
