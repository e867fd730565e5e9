/**
 * The worker of a tokenizer pool: is told the contents of a tokenizer, then tokenizes what it is sent.
 * Every message gets one answer, in the order of the messages.
 *
 * @module
 */
import { Tokenizer } from "./tokenizer.ts";
import type { WorkerAnswer } from "./worker_client.ts";

/** The first message; its answer has no texts. */
export interface TokenizerContents {
  /** The contents of `tokenizer.json`. */
  readonly json: object;
  /** The contents of `tokenizer_config.json`. */
  readonly config: object;
}

/** Every later message. */
export interface TokenizeRequest {
  /** What to tokenize. */
  readonly texts: readonly string[];
  /** Most ids of a text. */
  readonly maxLength: number;
}

/** The ids of S texts, T in all. */
export interface TokenizedTexts {
  /** Shape [T]: the ids of all texts, one after the other. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Shape [S]: the number of ids of every text. */
  readonly lengths: Uint32Array<ArrayBuffer>;
}

/** What this module uses of a worker's global scope, which the types of a main thread lack. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<TokenizerContents | TokenizeRequest>) => void) | null;
  postMessage(answer: WorkerAnswer<TokenizedTexts>, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let tokenizer: Tokenizer;

scope.onmessage = ({ data }) => {
  try {
    const value = "json" in data ? prepare(data) : tokenize(data);
    scope.postMessage({ value }, [value.ids.buffer, value.lengths.buffer]);
  } catch (thrown) {
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    scope.postMessage({ error: { name, message } }, []);
  }
};

function prepare({ json, config }: TokenizerContents): TokenizedTexts {
  tokenizer = Tokenizer.fromJson(json, config);
  return { ids: new Uint32Array(0), lengths: new Uint32Array(0) };
}

/** The pool keeps what it receives, so a cache here would hold the same a second time. */
function tokenize({ texts, maxLength }: TokenizeRequest): TokenizedTexts {
  const sequences = texts.map((text) => tokenizer.encodeAnew(text, maxLength));
  const lengths = Uint32Array.from(sequences, ({ length }) => length);
  const ids = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  for (const sequence of sequences) {
    ids.set(sequence, start);
    start += sequence.length;
  }
  return { ids, lengths };
}
