/**
 * Predicts steps on up to 64 GPUs from sizes and assumed rates: `deno run bench/predict_scaling.ts`. It is
 * arithmetic; nothing is measured here. docs/scaling.md names what is assumed.
 *
 * @module
 */
import { PUBLISHED } from "./rivals/published_models.ts";

/** What a BERT is made of. */
export interface Encoder {
  /** What it is called. */
  readonly name: string;
  /** Number of layers. */
  readonly layers: number;
  /** Columns of a layer. */
  readonly width: number;
  /** Columns between the two halves of a feed-forward layer. */
  readonly inner: number;
  /** Whether there is BERT's pooler. */
  readonly pooler: boolean;
}

/** How gradients are exchanged. */
export interface Exchange {
  /** GPUs, one a machine. */
  readonly ranks: number;
  /** Whether gradients travel as halves. */
  readonly halves: boolean;
  /** Whether what the host does with gradients counts, beside the network. */
  readonly host: boolean;
}

/** What a step comes to. */
export interface Prediction {
  /** A step of one GPU alone. Unit: seconds. */
  readonly step: number;
  /** The exchange, as if nothing else went on. Unit: seconds. */
  readonly exchange: number;
  /** The exchange that the backward pass cannot hide. Unit: seconds. */
  readonly exposed: number;
  /** What a rank sends. Unit: bytes. */
  readonly bytes: number;
}

/** The encoders of the table. */
export const ENCODERS: readonly Encoder[] = [
  { name: "small", layers: 2, width: 128, inner: 512, pooler: false },
  published("MiniLM-L6"),
  published("BERT-base"),
];

function published(name: string): Encoder {
  const config = PUBLISHED[name];
  return {
    name,
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    inner: config.intermediate_size,
    pooler: true,
  };
}

const [VOCABULARY, POSITIONS, TYPES] = [30_522, 512, 2];
const [ROWS, TOKENS] = [128, 64];

/** Assumed. Unit: f32 operations a second. */
const GPU_RATE = 10e12;
/** 100 Gb/s, of which four fifths are usable. Unit: bytes a second, each way. */
const NETWORK_RATE = 12.5e9 * 0.8;
/** Of a message; assumed. Unit: seconds. */
const LATENCY = 5e-6;
/** Of a step, as backward costs twice what forward does. */
const BACKWARD = 2 / 3;
/** Values of a bucket (25 MiB), and of a block that is exchanged at a time. */
const [BUCKET, BLOCK] = [25 * 2 ** 20 / 4, 2 ** 21];
/** Measured on one core, medians of 9 runs over 2^21 values. Unit: seconds a value. */
const HOST = { read: 2.0e-9, write: 0.3e-9, sum: 1.3e-9, encode: 4.4e-9, decode: 1.4e-9 };

/**
 * Counts parameters.
 *
 * @param encoder The encoder.
 * @returns Those of word embeddings, whose gradient is ready last, and all.
 */
export function parametersOf(
  { layers, width, inner, pooler }: Encoder,
): { words: number; total: number } {
  const words = VOCABULARY * width;
  const layer = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width;
  const rest = (POSITIONS + TYPES + 2) * width + (pooler ? width * width + width : 0);
  return { words, total: words + rest + layers * layer };
}

/**
 * Predicts a step of 128 rows of 64 tokens on every GPU.
 *
 * @param encoder The encoder.
 * @param exchange Ranks, and how gradients travel.
 * @returns Times and bytes.
 */
export function predict(encoder: Encoder, { ranks, halves, host }: Exchange): Prediction {
  const { layers, width } = encoder;
  const { words, total } = parametersOf(encoder);
  // Forward and backward: 6 operations for a weight and a token; scores and their sums of values beside.
  const operations = 6 * (total - words) + 12 * layers * width * TOKENS;
  const step = ROWS * TOKENS * operations / GPU_RATE;
  if (ranks === 1) return { step, exchange: 0, exposed: 0, bytes: 0 };
  const others = (ranks - 1) / ranks;
  const bytes = 2 * others * total * (halves ? 2 : 4);
  // Each block goes to all others in parts, and so do its sums.
  const latency = blocksOf(total) * 2 * (ranks - 1) * LATENCY;
  const exchange = bytes / NETWORK_RATE + latency + (host ? total * hostTime(ranks, halves) : 0);
  const hidden = Math.min(exchange * (1 - words / total), BACKWARD * step);
  return { step, exchange, exposed: exchange - hidden, bytes };
}

/** What the host takes for a value. Unit: seconds. */
function hostTime(ranks: number, halves: boolean): number {
  const { read, write, sum, encode, decode } = HOST;
  const plain = read + write + sum * (ranks - 1) / ranks;
  return halves ? plain + encode * (1 + 1 / ranks) + 2 * decode : plain;
}

function blocksOf(values: number): number {
  const full = Math.floor(values / BUCKET);
  return full * Math.ceil(BUCKET / BLOCK) + Math.ceil((values - full * BUCKET) / BLOCK);
}

/**
 * The table of docs/scaling.md.
 *
 * @returns Lines of Markdown, without blanks that align columns.
 */
export function predictionTable(): string[] {
  const rows = ENCODERS.flatMap((encoder) =>
    [1, 8, 64].map((ranks) => {
      const of = (halves: boolean, host: boolean) => predict(encoder, { ranks, halves, host });
      const [network, both] = [of(false, false), of(false, true)];
      const times = [network.step, network.exchange, both.exchange];
      const cells = [network, of(true, false), both, of(true, true)].map(
        ({ step, exchange, exposed }) =>
          `${percent(step / (step + exchange))}, ${percent(step / (step + exposed))}`,
      );
      return [
        `${encoder.name}, ${ranks}`,
        ...times.map((time) => (1000 * time).toFixed(1)),
        ...cells,
      ];
    })
  );
  const head = ["Model, GPUs", "Step", "Network", "With host"];
  const columns = [...head, "f32", "fp16", "f32, host", "fp16, host"];
  return [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

if (import.meta.main) console.log(predictionTable().join("\n"));
