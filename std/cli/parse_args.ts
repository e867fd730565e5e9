/** The part of `@std/cli/parse-args` that this repository uses. @module */

/** Which names are known, and how their values are read. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
> {
  /** Whether arguments after `--` go into `"--"` rather than into `_`. */
  "--"?: boolean;
  /** Other names of a name. */
  alias?: Record<string, string | readonly string[]>;
  /** Names that take no value; `false` unless given. */
  boolean?: B | readonly B[];
  /** Names whose values are gathered in an array. */
  collect?: C | readonly C[];
  /** Values of names that are not given. */
  default?: Record<string, unknown>;
  /** Names that `--no-NAME` sets to `false`. */
  negatable?: string | readonly string[];
  /** Whether everything after the first positional argument is positional. */
  stopEarly?: boolean;
  /** Names whose values stay text; any other value that looks like a number becomes one. */
  string?: S | readonly S[];
  /** Called for what is not listed; `false` leaves it out of the result. */
  unknown?: (argument: string, name?: string, value?: unknown) => unknown;
}

/** The values by name, those of `a.b` as a property of `a`; `_` holds the positional ones. */
export type Args<B extends string, S extends string, C extends string> =
  & Record<string, unknown>
  & (string extends B ? unknown : { [K in B]: boolean })
  & (string extends S ? unknown : { [K in Exclude<S, C>]?: string })
  & (string extends C ? unknown : { [K in C]: K extends S ? string[] : unknown[] })
  & { _: (string | number)[]; "--"?: string[] };

/** Reads command line arguments into values by name. */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
>(args: string[], options: ParseOptions<B, S, C> = {}): Args<B, S, C> {
  return new Parser(options).parse(args) as Args<B, S, C>;
}

type Value = string | number | boolean;

class Parser {
  readonly #options: ParseOptions;
  readonly #aliases = new Map<string, string[]>();
  readonly #boolean: Set<string>;
  readonly #string: Set<string>;
  readonly #collect: Set<string>;
  readonly #negatable: Set<string>;
  readonly #positional: (string | number)[] = [];
  readonly #values: Record<string, unknown> = { _: this.#positional };

  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [name, others] of Object.entries(options.alias ?? {})) {
      const listed = [...new Set(listOf(others))];
      this.#aliases.set(name, listed);
      for (const other of listed) {
        this.#aliases.set(other, [...new Set([name, ...listed.filter((each) => each !== other)])]);
      }
    }
    this.#boolean = this.#withAliases(options.boolean);
    this.#string = this.#withAliases(options.string);
    this.#collect = this.#withAliases(options.collect);
    this.#negatable = this.#withAliases(options.negatable);
  }

  parse(args: string[]): Record<string, unknown> {
    const end = args.indexOf("--");
    const rest = end < 0 ? [] : args.slice(end + 1);
    const queue = end < 0 ? [...args] : args.slice(0, end);
    for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
      if (/^--./s.test(argument)) this.#readLong(argument, queue);
      else if (/^-./s.test(argument)) this.#readShort(argument, queue);
      else {
        this.#readPositional(argument);
        if (this.#options.stopEarly) this.#positional.push(...queue.splice(0));
      }
    }
    this.#fillDefaults();
    if (this.#options["--"]) this.#values["--"] = rest;
    else this.#positional.push(...rest);
    return this.#values;
  }

  #readLong(argument: string, queue: string[]): void {
    const equals = argument.indexOf("=", 3);
    const hasValue = equals > 0 && equals < argument.length - 1;
    const name = argument.slice(2, hasValue ? equals : undefined);
    if (hasValue) {
      const value = argument.slice(equals + 1);
      const plain = name.replace(/^no-(?=.)/s, "");
      this.#set(plain, this.#boolean.has(plain) ? value !== "false" : value, argument);
    } else if (/^no-./s.test(name) && this.#negatable.has(name.slice(3))) {
      this.#assign(name.slice(3), false, argument, false);
    } else {
      this.#set(name, this.#takeValue(name, queue, (next) => next.startsWith("-")), argument);
    }
  }

  #readShort(argument: string, queue: string[]): void {
    for (let at = 1; at < argument.length - 1; at++) {
      const name = argument[at];
      const rest = argument.slice(at + 1);
      const assigned = /=(.+)/.exec(rest)?.[1];
      const isLetter = /[A-Za-z]/.test(name);
      if (isLetter && assigned !== undefined) return this.#set(name, assigned, argument);
      if (isLetter && /-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return this.#set(name, rest, argument);
      if (/^\W./s.test(rest)) return this.#set(name, rest, argument);
      this.#set(name, rest === "-" ? rest : this.#bare(name), argument);
    }
    const last = argument.slice(-1);
    if (last === "-") return;
    this.#set(last, this.#takeValue(last, queue, (next) => /^--?[^-]/.test(next)), argument);
  }

  /** Takes the next argument as the value of `name`, unless that is a flag or `name` takes none. */
  #takeValue(name: string, queue: string[], isFlag: (next: string) => boolean): Value {
    const next = queue[0];
    if (!next) return this.#bare(name);
    if (!this.#boolean.has(name) && !isFlag(next)) return queue.shift()!;
    if (next === "true" || next === "false") return queue.shift() === "true";
    return this.#bare(name);
  }

  #bare(name: string): Value {
    return this.#string.has(name) ? "" : true;
  }

  #readPositional(argument: string): void {
    if (this.#options.unknown?.(argument) === false) return;
    this.#positional.push(this.#string.has("_") ? argument : numberIfNumeric(argument));
  }

  #set(name: string, value: Value, argument: string): void {
    this.#assign(name, value, argument, this.#collect.has(name));
  }

  #assign(name: string, value: Value, argument: string, collect: boolean): void {
    const isKnown = [this.#boolean, this.#string, this.#aliases].some((names) => names.has(name));
    if (!isKnown && this.#options.unknown?.(argument, name, value) === false) return;
    const isText = typeof value !== "string" || this.#string.has(name);
    const read = isText ? value : numberIfNumeric(value);
    for (const each of [name, ...this.#aliases.get(name) ?? []]) {
      const [parent, key] = this.#place(each);
      const before = parent[key];
      if (!collect) parent[key] = read;
      else if (Array.isArray(before)) before.push(read);
      else parent[key] = before ? [before, read] : [read];
    }
  }

  #fillDefaults(): void {
    for (const [name, value] of Object.entries(this.#options.default ?? {})) {
      if (this.#has(name)) continue;
      for (const each of [name, ...this.#aliases.get(name) ?? []]) this.#put(each, value);
    }
    for (const name of this.#boolean) {
      if (!this.#has(name)) this.#put(name, this.#collect.has(name) ? [] : false);
    }
    for (const name of this.#string) {
      if (!this.#has(name) && this.#collect.has(name)) this.#put(name, []);
    }
  }

  /** The object that holds the value of `name`, made where it is missing, and the key in it. */
  #place(name: string): [Record<string, unknown>, string] {
    const keys = name.split(".");
    const last = keys.pop()!;
    let parent = this.#values;
    for (const key of keys) parent = (parent[key] ??= {}) as Record<string, unknown>;
    return [parent, last];
  }

  #put(name: string, value: unknown): void {
    const [parent, key] = this.#place(name);
    parent[key] = value;
  }

  #has(name: string): boolean {
    let value: unknown = this.#values;
    for (const key of name.split(".")) {
      if (!Object.hasOwn(value as object, key)) return false;
      value = (value as Record<string, unknown>)[key];
    }
    return true;
  }

  #withAliases(names: string | readonly string[] | undefined): Set<string> {
    const listed = listOf(names);
    return new Set(listed.flatMap((name) => [name, ...this.#aliases.get(name) ?? []]));
  }
}

function listOf(names: string | readonly string[] | undefined): readonly string[] {
  return typeof names === "string" ? [names] : names ?? [];
}

function numberIfNumeric(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
