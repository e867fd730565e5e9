/**
 * What a stretch of a run did, on the host's clock.
 *
 * @module
 */
import type { TimedDispatch } from "./kernel_times.ts";
import type { PoolSample, Span } from "./spans.ts";

/** A submit on its way. Unit: milliseconds of `performance.now()`. */
export interface TracedSubmit {
  /** When it was handed to the GPU. */
  readonly submitted: number;
  /** When its first dispatch began. */
  readonly start: number;
  /** When its last dispatch ended. */
  readonly end: number;
}

/** What was recorded. Unit of all times: milliseconds of `performance.now()`. */
export interface Trace {
  /** When the stretch began. */
  readonly start: number;
  /** When the host was done with it, and the GPU too. */
  readonly end: number;
  /** What the host did. */
  readonly spans: readonly Span[];
  /** What the GPU ran: one after the other. Null where the adapter has no timestamp queries. */
  readonly dispatches: readonly TimedDispatch[] | null;
  /** The submits in order; none where `dispatches` is null. */
  readonly submits: readonly TracedSubmit[];
  /** What the pool held. */
  readonly samples: readonly PoolSample[];
}
