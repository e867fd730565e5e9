/**
 * What becomes of values that this version does not honour.
 *
 * @module
 */
/** How to treat values that are of the right type and not honoured. */
export interface Leniency {
  /**
   * Whether such a value gives way to the default, and an argument that only later versions upstream
   * have is ignored, with a warning each; otherwise it is an error.
   */
  readonly lenient?: boolean;
  /** Takes each warning, and the upstream name of the argument that it is about. */
  readonly warn?: (warning: string, name: string) => void;
}
