/**
 * Spans in lanes, so that within a lane each lies within another or beside it, as viewers of traces want it.
 *
 * @module
 */
import type { Span } from "./spans.ts";

/** A span with its place. */
export interface NestedSpan extends Span {
  /** Which lane of its track it lies in, from 0. */
  readonly lane: number;
  /** Its time without that of the spans within it. Unit: milliseconds. */
  readonly self: number;
}

/**
 * Gives every span the first lane of its track where it crosses no other: work that waits by turns may
 * overlap without being nested.
 *
 * @param spans The spans.
 * @returns The same spans, outer before inner, in the order in which they begin.
 */
export function nestSpans(spans: readonly Span[]): NestedSpan[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const tracks = new Map<string, { self: number; end: number }[][]>();
  const placed = sorted.map((span) => {
    const lanes = tracks.get(span.track) ?? [];
    tracks.set(span.track, lanes);
    const node = { span, lane: 0, self: span.end - span.start, end: span.end };
    for (;; node.lane++) {
      const open = lanes[node.lane] ??= [];
      while (open.length > 0 && open.at(-1)!.end <= span.start) open.pop();
      const parent = open.at(-1);
      if (parent !== undefined && parent.end < span.end) continue;
      if (parent !== undefined) parent.self -= span.end - span.start;
      open.push(node);
      return node;
    }
  });
  return placed.map(({ span, lane, self }) => ({ ...span, lane, self }));
}
