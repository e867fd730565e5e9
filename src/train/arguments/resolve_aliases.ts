/**
 * Moves values that are given under older names to the arguments of today.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { checkArgument, sameValue, shownArgument } from "./check_argument.ts";
import type { Alias } from "./field.ts";
import { argumentFields, type ArgumentName } from "./fields.ts";
import type { Leniency } from "./leniency.ts";

/**
 * Moves values from older names to those of today, with a warning each. As upstream, the older name
 * wins over the default of the other, also where that is given.
 *
 * @param given checked values by property name
 * @param leniency whether values that are not honoured give way to the defaults
 * @returns the values, without those under older names
 * @throws {UsageError} if the argument of today is given another value than its default, or does not
 *   honour the value
 */
export function resolveAliases(
  given: Partial<ArgumentValues>,
  leniency: Leniency = {},
): Partial<ArgumentValues> {
  const values: Record<string, unknown> = { ...given };
  for (const [name, { support, default: unset }] of argumentFields) {
    const value = values[camelCase(name)];
    if (support.kind !== "alias" || value === undefined) continue;
    delete values[camelCase(name)];
    if (sameValue(value, unset)) continue;
    const of = support.of as ArgumentName;
    leniency.warn?.(`${name} is deprecated: it sets ${of}; give that in its place`, name);
    const meant = meantBy(support, given, value);
    const other = values[camelCase(of)];
    if (![undefined, meant, argumentFields.get(of)!.default].some((one) => sameValue(one, other))) {
      throw new UsageError(
        `Cannot set ${name} to ${shownArgument(name, value)}: it stands for ${of}, which is ` +
          `${shownArgument(of, other)}; give one of them`,
      );
    }
    values[camelCase(of)] = checkArgument(of, meant, { ...leniency, alias: { name, value } });
  }
  return values;
}

function meantBy(alias: Alias, given: Partial<ArgumentValues>, value: unknown): unknown {
  if (alias.from === undefined) return "as" in alias ? alias.as : value;
  const named = [...argumentFields].map(([name, { default: unset }]) =>
    [name, given[camelCase(name)] ?? unset] as const
  );
  return alias.from(Object.fromEntries(named));
}
