/**
 * The end of a run that was asked to stop before it was done.
 *
 * @module
 */

/** A run was asked to stop; it can go on from a checkpoint, where there is one. */
export class Interruption extends Error {
  /** The class, for messages. */
  override readonly name = "Interruption";
  /** Directory of the checkpoint to go on from; null where nothing was trained yet. */
  readonly checkpoint: string | null;

  /**
   * Describes where the run stands.
   *
   * @param reason What asked for it, such as "SIGINT".
   * @param place Optimizer steps done, and the checkpoint.
   */
  constructor(
    reason: unknown,
    { step, checkpoint = null }: { step: number; checkpoint?: string | null },
  ) {
    const by = reason instanceof Error ? reason.message : String(reason);
    super(
      checkpoint === null
        ? `Stopped by ${by} at step ${step}: there is nothing to save`
        : `Stopped by ${by} at step ${step}: saved ${checkpoint}; to go on, give it as resume_from_checkpoint`,
    );
    this.checkpoint = checkpoint;
  }
}
