/**
 * The modules of a model that follow its encoder.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { type ModuleConfig, type ModulePlace, placeAfter } from "../io/module_config.ts";
import { checkOrder, type FirstModule, modulePath } from "../io/model_modules.ts";
import { Dense } from "../nn/dense.ts";
import { LayerNorm } from "../nn/layer_norm.ts";
import { dropout } from "../ops/dropout.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { pool } from "../ops/pool.ts";
import type { Tape } from "../ops/tape.ts";

/** The epsilon of `torch.nn.LayerNorm`. */
const EPSILON = 1e-5;

/** Where the sequences lie whose token vectors are pooled. */
export interface Sequences {
  /** The first token of every sequence, then T: [S + 1]. */
  readonly sequenceStarts: Tensor;
  /** How many of a sequence's first tokens are a prompt's: [S]; null for none. */
  readonly promptLengths: Tensor | null;
}

/** What {@linkcode SentenceModules} are made of. */
export interface SentenceModulesInit {
  /** The modules, in order. */
  readonly modules: readonly ModuleConfig[];
  /** What they follow. */
  readonly first: FirstModule;
  /** Columns of what that gives. */
  readonly width: number;
  /** Seed of initial values. */
  readonly seed: number;
  /** The model's name, for messages. */
  readonly source: string;
}

interface Step {
  readonly type: ModuleConfig["type"];
  readonly run: (tape: Tape, x: Tensor, sequences: Sequences | null) => Tensor;
}

/** Turns token vectors into embeddings, or the embeddings of a table into others. */
export class SentenceModules {
  /** Columns of an embedding. */
  readonly width: number;
  /** Columns of a token vector that the pooling gets. */
  readonly tokenWidth: number;
  /** Whether the pooling leaves out the tokens of a prompt. */
  readonly excludesPrompt: boolean;
  readonly #steps: readonly Step[];

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init The modules and what they follow.
   * @throws {InputError} If the modules make no embedding of a text, or widths do not fit.
   */
  constructor(store: ParameterStore, init: SentenceModulesInit) {
    const { modules, first, seed, source } = init;
    checkOrder([first, ...modules.map(({ type }) => type)], source);
    let place: ModulePlace = { pooled: first === "StaticEmbedding", width: init.width };
    let tokenWidth = init.width;
    this.#steps = modules.map((module, i): Step => {
      const directory = modulePath(i + 1, module.type);
      checkWidth(module, place.width, `${source}: module ${i + 1}, ${module.type},`);
      place = placeAfter(module, place);
      if (!place.pooled) tokenWidth = place.width;
      const prefix = `${directory}/`;
      return { type: module.type, run: stepOf(store, module, { prefix, seed }) };
    });
    this.width = place.width;
    this.tokenWidth = tokenWidth;
    this.excludesPrompt = modules.some((module) =>
      module.type === "Pooling" && !module.includePrompt
    );
  }

  /**
   * Runs the modules.
   *
   * @param tape Runs and records.
   * @param x What the first module gave: token vectors, [T, C], or embeddings, [S, C].
   * @param sequences Where token vectors belong; null for embeddings.
   * @returns Embeddings, [S, width].
   */
  forward(tape: Tape, x: Tensor, sequences: Sequences | null): Tensor {
    return this.#steps.reduce((y, { run }) => run(tape, y, sequences), x);
  }

  /**
   * Runs the modules before the pooling.
   *
   * @param tape Runs and records.
   * @param x Token vectors, [T, C].
   * @returns Token vectors, [T, columns that the pooling gets].
   */
  forwardTokens(tape: Tape, x: Tensor): Tensor {
    const pooling = this.#steps.findIndex(({ type }) => type === "Pooling");
    return this.#steps.slice(0, pooling).reduce((y, { run }) => run(tape, y, null), x);
  }
}

function checkWidth(module: ModuleConfig, width: number, name: string): void {
  const wanted = module.type === "Dense"
    ? module.inFeatures
    : module.type === "LayerNorm"
    ? module.dimension
    : width;
  if (wanted !== width) {
    throw new InputError(
      `Cannot load ${name} takes vectors of ${wanted} columns, those before it make ${width}`,
    );
  }
  if (module.type === "Dense" && module.outFeatures % 4 !== 0) {
    throw new InputError(
      `Cannot load ${name} makes vectors of ${module.outFeatures} columns, wanted a multiple of 4`,
    );
  }
}

function stepOf(
  store: ParameterStore,
  module: ModuleConfig,
  { prefix, seed }: { prefix: string; seed: number },
): Step["run"] {
  switch (module.type) {
    case "Pooling":
      return (tape, hidden, sequences) => {
        const { sequenceStarts, promptLengths } = sequences!;
        const excluded = module.includePrompt ? undefined : promptLengths ?? undefined;
        return pool(tape, { hidden, sequenceStarts, modes: module.modes, promptLengths: excluded });
      };
    case "Dense": {
      const dense = new Dense(store, { ...module, prefix, seed });
      return (tape, x) => dense.forward(tape, x);
    }
    case "Normalize":
      return (tape, x) => l2Normalize(tape, x);
    case "Dropout":
      return (tape, x) => dropout(tape, x, module.probability);
    case "LayerNorm": {
      const norm = new LayerNorm(store, `${prefix}norm`, module.dimension, EPSILON);
      return (tape, x) => norm.forward(tape, x);
    }
  }
}
