/**
 * The help text of the training arguments.
 *
 * @module
 */
import type { Field } from "./field.ts";
import { argumentGroups } from "./fields.ts";
import { flagOf } from "./flags.ts";
import { supportNote } from "./support_note.ts";
import { wanted } from "./wanted.ts";

/**
 * Describes every training argument: its flag and default, what it does, its type and unit, and
 * what of it this version does not honour.
 *
 * @param width columns of a line, at least 40; a longer word stays whole
 * @returns lines under the titles of groups, without a line break at the end
 * @throws {RangeError} if the width is no integer of at least 40
 */
export function argumentsHelp(width: number): string {
  if (!Number.isInteger(width) || width < 40) {
    throw new RangeError(`Cannot write help: width is ${width}; wanted an integer of at least 40`);
  }
  return argumentGroups.map(({ title, fields }) => {
    const entries = Object.entries(fields).map(([name, field]) => entry(name, field, width));
    return `${title}:\n${entries.join("\n")}`;
  }).join("\n\n");
}

function entry(name: string, field: Field<unknown>, width: number): string {
  const { schema, unit, doc } = field;
  const type = `Takes ${wanted(schema)}${unit === undefined ? "" : `, in ${unit}`}.`;
  return [
    `  ${flagOf(name)}  (default: ${JSON.stringify(field.default)})`,
    ...wrapped([doc, type, supportNote(field, flagOf)].join(" ").trimEnd(), width - INDENT.length)
      .map((line) => INDENT + line),
  ].join("\n");
}

const INDENT = " ".repeat(6);

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
