/**
 * Whether a trainer may be used.
 *
 * @module
 */

/** One thing at a time, and nothing after the end. */
export class TrainerCondition {
  #now: "idle" | "busy" | "destroyed" = "idle";

  /**
   * Does something while nothing else is done.
   *
   * @param work What to do.
   * @returns What `work` gives.
   * @throws {TypeError} If something is being done, or the trainer was destroyed.
   */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#now !== "idle") {
      throw new TypeError(
        this.#now === "busy"
          ? "Cannot use the trainer: it is at work; wait for what train() or evaluate() promised"
          : "Cannot use the trainer: it was destroyed; make another one",
      );
    }
    this.#now = "busy";
    try {
      return await work();
    } finally {
      if (this.#now === "busy") this.#now = "idle";
    }
  }

  /**
   * Ends its use.
   *
   * @returns Whether it was not ended before.
   */
  end(): boolean {
    const isFirst = this.#now !== "destroyed";
    this.#now = "destroyed";
    return isFirst;
  }
}
