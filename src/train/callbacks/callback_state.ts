/**
 * What a callback leaves in a checkpoint, in the form of transformers' `ExportableState`.
 *
 * @module
 */

/** One entry of `stateful_callbacks` in `trainer_state.json`; its values must survive JSON. */
export interface CallbackState {
  /** What the callback was made with, by upstream name. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What has changed since, by upstream name. */
  readonly attributes: Readonly<Record<string, unknown>>;
}
