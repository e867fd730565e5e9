/**
 * Packs tokenized rows into one ragged batch without padding.
 *
 * @module
 */

/** The tokenized texts of one column, one sequence of token ids per row. */
export interface ColumnSequences {
  /** Name of the column. */
  readonly name: string;
  /** One sequence per row. */
  readonly sequences: readonly Uint32Array[];
  /** How many of a sequence's first tokens are those of a prompt that pooling leaves out. Default: 0. */
  readonly promptLength?: number;
}

/** Where the sequences of one column lie in a batch. */
export interface ColumnRange {
  /** Name of the column. */
  readonly name: string;
  /** Index of its first sequence. */
  readonly first: number;
  /** Number of its sequences. */
  readonly count: number;
}

/** A batch of S sequences with T tokens in all: every column one after the other, no padding. */
export interface PackedBatch {
  /** Shape [T]: token ids. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Shape [T]: position of a token within its sequence, from 0. */
  readonly positions: Uint32Array<ArrayBuffer>;
  /** Shape [S + 1]: the first token of every sequence, then T. */
  readonly sequenceStarts: Uint32Array<ArrayBuffer>;
  /** The sequences of each column, in the order of the columns. */
  readonly columns: readonly ColumnRange[];
  /** One number per row, or the numbers of every row one after the other; `null` without labels. */
  readonly labels: Float32Array<ArrayBuffer> | null;
  /** Shape [S]: how many of a sequence's first tokens pooling leaves out. Absent where it is none. */
  readonly promptLengths?: Uint32Array<ArrayBuffer>;
}

/** How to pack. */
export interface CollateOptions {
  /** Whether sequences may be empty. Default: false. */
  readonly allowEmpty?: boolean;
}

/**
 * Packs columns of token ids into one batch: all sequences of the first column, then all of the
 * second, and so on.
 *
 * @param columns At least one column; all have the same number of rows.
 * @param labels A number or an array of numbers per row; absent or `null` if the data has no labels.
 * @param options Whether sequences may be empty.
 * @throws {RangeError} If columns or labels differ in their number of rows, or a sequence is empty and
 *   may not be.
 */
export function collate(
  columns: readonly ColumnSequences[],
  labels: readonly (number | readonly number[])[] | null = null,
  { allowEmpty = false }: CollateOptions = {},
): PackedBatch {
  checkRows(columns, labels, allowEmpty);
  const sequences = columns.flatMap((column) => column.sequences);
  const sequenceStarts = new Uint32Array(sequences.length + 1);
  sequences.forEach((sequence, s) => sequenceStarts[s + 1] = sequenceStarts[s] + sequence.length);

  const tokens = sequenceStarts[sequences.length];
  const ids = new Uint32Array(tokens);
  const positions = new Uint32Array(tokens);
  sequences.forEach((sequence, s) => {
    const start = sequenceStarts[s];
    ids.set(sequence, start);
    for (let position = 0; position < sequence.length; position++) {
      positions[start + position] = position;
    }
  });

  const rows = columns[0].sequences.length;
  const prompts = columns.flatMap(({ promptLength = 0 }) => Array<number>(rows).fill(promptLength));
  return {
    ids,
    positions,
    sequenceStarts,
    columns: columns.map(({ name }, index) => ({ name, first: index * rows, count: rows })),
    labels: labels === null ? null : Float32Array.from(labels.flat()),
    ...(prompts.some((length) => length > 0) ? { promptLengths: Uint32Array.from(prompts) } : {}),
  };
}

function checkRows(
  columns: readonly ColumnSequences[],
  labels: readonly (number | readonly number[])[] | null,
  allowEmpty: boolean,
): void {
  if (columns.length === 0) throw new RangeError("Cannot collate a batch: it has no columns");
  const rows = columns[0].sequences.length;
  for (const { name, sequences } of columns) {
    if (sequences.length !== rows) {
      throw new RangeError(
        `Cannot collate a batch: column "${name}" has ${sequences.length} rows, ` +
          `column "${columns[0].name}" has ${rows}`,
      );
    }
    const empty = sequences.findIndex((sequence) => sequence.length === 0);
    if (empty >= 0 && !allowEmpty) {
      throw new RangeError(
        `Cannot collate a batch: row ${empty} of column "${name}" has no tokens`,
      );
    }
  }
  if (labels !== null && labels.length !== rows) {
    throw new RangeError(`Cannot collate a batch: ${labels.length} labels for ${rows} rows`);
  }
}
