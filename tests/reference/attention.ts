/**
 * Attention over packed sequences in float64, forward and backward (Vaswani et al., "Attention Is All
 * You Need", 2017).
 *
 * @module
 */

/** Operands of {@linkcode attention}: T rows of all sequences, one below the other; H heads of D = C / H. */
export interface AttentionInput {
  /** [T, 3C]: columns of queries, keys, values; of each, head h owns the columns from h D. */
  qkv: Float64Array;
  /** [S + 1]: sequence s owns the rows from sequenceStarts[s] to sequenceStarts[s + 1]. */
  sequenceStarts: ArrayLike<number>;
  C: number;
  H: number;
  /** Dropout of the probabilities; rows are rows of `qkv`. */
  dropout?: AttentionDropout;
  /** Tokens see each other up to this distance; all do by default. */
  window?: number;
  /** Tokens see only themselves and those before them. */
  causal?: boolean;
  /** What is added to the scaled scores. */
  bias?: AttentionBiasTable;
}

/** Biases by a bucket of the distance of a key from its query, and by head. */
export interface AttentionBiasTable {
  /** [buckets, H] */
  table: Float64Array;
  /** The bucket of key row - query row. */
  bucketOf: (distance: number) => number;
}

/** Gradients of {@linkcode attention}. */
export interface AttentionGradients {
  /** [T, 3C] */
  dQkv: Float64Array;
  /** [buckets, H]; empty without biases. */
  dTable: Float64Array;
}

/** Which probabilities stay, to be divided by 1 - p; the others become zero. */
export interface AttentionDropout {
  keep: (row: number, keyRow: number, head: number) => boolean;
  p: number;
}

/** Result of {@linkcode attention}. */
export interface AttentionOutput {
  /** [T, C] */
  context: Float64Array;
  /** [T, H], of the scaled scores of a row. */
  logSumExp: Float64Array;
}

/** context = dropout(softmax(q k^T / sqrt(D) + bias)) v, within each sequence, window and head. */
export function attention(input: AttentionInput): AttentionOutput {
  const { qkv, C, H } = input;
  const D = C / H;
  const context = new Float64Array(qkv.length / 3);
  const logSumExp = new Float64Array(context.length / D);
  forEachRow(input, (row, head, start, end) => {
    const softmax = rowSoftmax(input, row, head, start, end);
    logSumExp[row * H + head] = softmax.logSumExp;
    for (let key = start; key < end; key++) {
      const weight = softmax.probabilities[key - start] * keepFactor(input, row, key, head);
      for (let d = 0; d < D; d++) {
        context[row * C + head * D + d] += weight * qkv[column(input, key, 2, head) + d];
      }
    }
  });
  return { context, logSumExp };
}

/** dQkv[T, 3C] for dContext[T, C]; see {@linkcode attentionGradients}. */
export function attentionBackward(input: AttentionInput, dContext: Float64Array): Float64Array {
  return attentionGradients(input, dContext).dQkv;
}

/**
 * dQkv[T, 3C] and the gradient of the biases for dContext[T, C]. With probabilities P and dP = dropout(dContext v^T), the scores get
 * dS = P (dP - sum of P dP over the row).
 */
export function attentionGradients(
  input: AttentionInput,
  dContext: Float64Array,
): AttentionGradients {
  const { qkv, C, H, bias } = input;
  const dTable = new Float64Array(bias?.table.length ?? 0);
  const D = C / H;
  const scale = 1 / Math.sqrt(D);
  const dQkv = new Float64Array(qkv.length);
  forEachRow(input, (row, head, start, end) => {
    const { probabilities } = rowSoftmax(input, row, head, start, end);
    const query = column(input, row, 0, head);
    const out = row * C + head * D;
    const dProbabilities = probabilities.map((probability, i) => {
      const value = column(input, start + i, 2, head);
      const factor = keepFactor(input, row, start + i, head);
      let sum = 0;
      for (let d = 0; d < D; d++) {
        sum += dContext[out + d] * qkv[value + d];
        dQkv[value + d] += probability * factor * dContext[out + d];
      }
      return sum * factor;
    });
    const mean = probabilities.reduce((sum, p, i) => sum + p * dProbabilities[i], 0);
    for (let i = 0; i < probabilities.length; i++) {
      const key = column(input, start + i, 1, head);
      const dScaled = probabilities[i] * (dProbabilities[i] - mean);
      if (bias !== undefined) dTable[bias.bucketOf(start + i - row) * H + head] += dScaled;
      const dScore = dScaled * scale;
      for (let d = 0; d < D; d++) {
        dQkv[query + d] += dScore * qkv[key + d];
        dQkv[key + d] += dScore * qkv[query + d];
      }
    }
  });
  return { dQkv, dTable };
}

function forEachRow(
  { sequenceStarts, H, window = Infinity, causal = false }: AttentionInput,
  visit: (row: number, head: number, start: number, end: number) => void,
): void {
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    for (let row = sequenceStarts[s]; row < sequenceStarts[s + 1]; row++) {
      const start = Math.max(sequenceStarts[s], row - window);
      const end = Math.min(sequenceStarts[s + 1], row + (causal ? 0 : window) + 1);
      for (let head = 0; head < H; head++) visit(row, head, start, end);
    }
  }
}

function rowSoftmax(
  input: AttentionInput,
  row: number,
  head: number,
  start: number,
  end: number,
): { probabilities: Float64Array; logSumExp: number } {
  const { qkv, C, H, bias } = input;
  const D = C / H;
  const query = column(input, row, 0, head);
  const scores = Float64Array.from({ length: end - start }, (_, i) => {
    const key = column(input, start + i, 1, head);
    let sum = 0;
    for (let d = 0; d < D; d++) sum += qkv[query + d] * qkv[key + d];
    const added = bias === undefined ? 0 : bias.table[bias.bucketOf(start + i - row) * H + head];
    return sum / Math.sqrt(D) + added;
  });
  const maximum = scores.reduce((a, b) => Math.max(a, b));
  const sum = scores.reduce((total, score) => total + Math.exp(score - maximum), 0);
  return {
    probabilities: scores.map((score) => Math.exp(score - maximum) / sum),
    logSumExp: maximum + Math.log(sum),
  };
}

/** Where the columns of a head begin in `qkv`; part 0 is the query, 1 the key, 2 the value. */
function column({ C, H }: AttentionInput, row: number, part: number, head: number): number {
  return row * 3 * C + part * C + head * (C / H);
}

function keepFactor({ dropout }: AttentionInput, row: number, key: number, head: number): number {
  if (dropout === undefined) return 1;
  return dropout.keep(row, key, head) ? 1 / (1 - dropout.p) : 0;
}
