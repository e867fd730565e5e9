/**
 * Which of several kernels for the same work an adapter runs fastest, by classes of shapes.
 *
 * @module
 */

/** The choices for one adapter, measured before; without any, ops go by what the shapes suggest. */
export class KernelChoices {
  readonly #choices = new Map<string, string>();

  /** The number of choices. */
  get size(): number {
    return this.#choices.size;
  }

  /**
   * Looks a choice up.
   *
   * @param op The op's name.
   * @param shapes The class of its shapes: see {@linkcode shapeClass}.
   * @returns The name of the variant, or undefined where nothing was measured.
   */
  get(op: string, shapes: string): string | undefined {
    return this.#choices.get(`${op} ${shapes}`);
  }

  /** Keeps a choice. */
  set(op: string, shapes: string, variant: string): void {
    this.#choices.set(`${op} ${shapes}`, variant);
  }

  /** Forgets everything. */
  clear(): void {
    this.#choices.clear();
  }

  /** Takes in what {@linkcode toJson} gave; entries that are no text are passed over. */
  add(entries: Readonly<Record<string, unknown>>): void {
    for (const [key, variant] of Object.entries(entries)) {
      if (typeof variant === "string") this.#choices.set(key, variant);
    }
  }

  /** Variants by op and class of shapes. */
  toJson(): Record<string, string> {
    return Object.fromEntries([...this.#choices].sort(([a], [b]) => a < b ? -1 : 1));
  }
}

/**
 * The class of some extents: each to the nearest power of two, so that batches of nearly the same length
 * share a choice.
 *
 * @param extents Extents, at least 1.
 * @returns Their class, such as `2048x512x128`.
 */
export function shapeClass(...extents: number[]): string {
  return extents.map((extent) => 2 ** Math.round(Math.log2(Math.max(1, extent)))).join("x");
}
