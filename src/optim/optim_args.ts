/**
 * Further settings of an optimizer, as `optim_args` gives them.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** Settings by upstream name: numbers from 0, truth values, or texts. */
export type OptimArgs = Readonly<Record<string, number | boolean | string>>;

/** The type of a setting, from the type of its default. */
export type OptimArgsLike<Defaults extends OptimArgs> = {
  [Key in keyof Defaults]: Defaults[Key] extends number ? number
    : Defaults[Key] extends boolean ? boolean
    : string;
};

/** What upstream takes for truth values (`strtobool`). */
const TRUTH: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["y", "yes", "t", "true", "on", "1"].map((word) => [word, true])),
  ...Object.fromEntries(["n", "no", "f", "false", "off", "0"].map((word) => [word, false])),
};

/**
 * Reads `name=value,name=value`.
 *
 * @param optimizer The optimizer's name, for errors.
 * @param text The settings, or null for none; spaces do not count.
 * @param defaults The settings that the optimizer takes, with what they are if not given.
 * @returns All settings.
 * @throws {UsageError} If one is unknown, malformed or of another type.
 */
export function readOptimArgs<Defaults extends OptimArgs>(
  optimizer: string,
  text: string | null,
  defaults: Defaults,
): OptimArgsLike<Defaults> {
  const settings: Record<string, number | boolean | string> = { ...defaults };
  const known = Object.keys(defaults);
  const refuse = (problem: string) =>
    new UsageError(`Cannot set optim_args of optimizer "${optimizer}": ${problem}`);
  const pieces = (text ?? "").replaceAll(/\s/g, "").split(",").filter((piece) => piece !== "");
  for (const piece of pieces) {
    const [, key, value] = /^([^=]+)=([^=]+)$/.exec(piece) ?? [];
    if (key === undefined) {
      throw refuse(`"${piece}" is not of the form name=value; write such as "momentum=0.9"`);
    }
    if (!Object.hasOwn(defaults, key)) {
      const guess = nearest(key, known);
      throw refuse(
        `"${key}" is unknown; it takes ${known.join(", ") || "none"}` +
          (guess === null ? "" : `; the nearest is "${guess}"`),
      );
    }
    const read = valueOf(value, defaults[key]);
    if (read === undefined) {
      const wanted = typeof defaults[key] === "number" ? "a number from 0" : "true or false";
      throw refuse(`${key} is "${value}"; wanted ${wanted}`);
    }
    settings[key] = read;
  }
  return settings as OptimArgsLike<Defaults>;
}

function valueOf(
  text: string,
  like: number | boolean | string,
): number | boolean | string | undefined {
  if (typeof like === "string") return text;
  if (typeof like === "boolean") return TRUTH[text.toLowerCase()];
  const number = Number(text);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
