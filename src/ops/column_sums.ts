/**
 * Sums down the columns of a gradient: what a row that was added to every row gets back.
 *
 * @module
 */
import source from "../../shaders/column_sums.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const PARTIAL_SUMS = new Kernel({ name: "column_sums", source, entryPoint: "partial_sums" });
const TOTAL = new Kernel({ name: "column_sums", source, entryPoint: "total" });

/** Rows of one partial sum. */
const CHUNK = 64;
const MAX_CHUNKS = 65535;

/**
 * Records d_row[n] += sum over t of d_y[t, n]; not differentiable. Chunks of rows are added in order.
 *
 * @param tape Owns the partial sums.
 * @param dY [T, N], N a multiple of 4.
 * @param dRow At least N elements, of which the first N are added to.
 */
export function addColumnSums(tape: Tape, dY: Tensor, dRow: Tensor): void {
  const { recorder } = tape.gpu;
  const { rows, columns } = dY;
  const chunk = Math.max(CHUNK, Math.ceil(rows / MAX_CHUNKS));
  const chunks = Math.ceil(rows / chunk);
  const params = { rows, quads: quadsOf("columnSums", dY), chunk, chunks };
  tape.temporary([chunks, columns], "chunk sums", (sums) => {
    recorder.dispatch(PARTIAL_SUMS, {
      tensors: { d_y: dY, sums },
      params,
      workgroups: [Math.ceil(columns / 128), chunks],
    });
    recorder.dispatch(TOTAL, {
      tensors: { chunk_sums: sums, d_row: dRow },
      params,
      workgroups: [Math.ceil(columns / 128)],
    });
  });
}
