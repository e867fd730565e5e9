/**
 * Embedding texts on all ranks, each its share.
 *
 * @module
 */
import { shareOf } from "../../distributed/share_of.ts";
import type { Embeddings } from "../../evaluators/embedder.ts";
import type { RankGroup } from "./rank_group.ts";

/**
 * Embeds texts, which are the same on all ranks.
 *
 * @param group The ranks; null for one process.
 * @param texts The texts.
 * @param encode Embeds a rank's share of them.
 * @returns The embeddings of all, on every rank.
 */
export async function encodeTogether(
  group: RankGroup | null,
  texts: readonly string[],
  encode: (texts: readonly string[]) => Promise<Embeddings>,
): Promise<Embeddings> {
  if (group === null || texts.length === 0) return await encode(texts);
  const { start, end } = shareOf(texts.length, group);
  const own = end > start ? (await encode(texts.slice(start, end))).data : new Float32Array(0);
  const parts = await group.communicator.allGather(own);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // They follow each other in one buffer, without gaps.
  const { buffer, byteOffset } = parts[0];
  const data = new Float32Array(buffer as ArrayBuffer, byteOffset, length);
  return { data, rows: texts.length, columns: length / texts.length };
}
