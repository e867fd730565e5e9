/**
 * Column names that no dataset may have.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Names that mean something else to the trainer that this one is modelled on. */
const RESERVED: readonly string[] = ["return_loss", "dataset_name"];

/**
 * Refuses reserved column names, in upstream's words.
 *
 * @param columns The names of the columns.
 * @param options The name of the dataset, and what cannot be done, as `read pairs.jsonl`.
 * @throws {InputError} If one of them is `return_loss` or `dataset_name`.
 */
export function refuseReservedColumns(
  columns: Iterable<string>,
  { dataset, action }: { readonly dataset: string; readonly action: string },
): void {
  const reserved = [...columns].filter((column) => RESERVED.includes(column));
  if (reserved.length === 0) return;
  const names = reserved.map((column) => `'${column}'`).join(", ");
  throw new InputError(
    `Cannot ${action}: The following column names are invalid in your ${dataset} dataset: ` +
      `[${names}]. Avoid using these column names, as they are reserved for internal use.`,
  );
}
