/**
 * The texts that shaders may import.
 *
 * @module
 */
import attentionLanes from "../../shaders/lib/attention_lanes.wgsl" with { type: "text" };
import attentionScores from "../../shaders/lib/attention_scores.wgsl" with { type: "text" };
import attentionTile from "../../shaders/lib/attention_tile.wgsl" with { type: "text" };
import grid from "../../shaders/lib/grid.wgsl" with { type: "text" };
import hiddenActivation from "../../shaders/lib/hidden_activation.wgsl" with { type: "text" };
import random from "../../shaders/lib/random.wgsl" with { type: "text" };
import rowSums from "../../shaders/lib/row_sums.wgsl" with { type: "text" };
import rowSumsSubgroup from "../../shaders/lib/row_sums_subgroup.wgsl" with { type: "text" };
import rows from "../../shaders/lib/rows.wgsl" with { type: "text" };
import stepControl from "../../shaders/lib/step_control.wgsl" with { type: "text" };

/** Text by the name that follows `#import`. */
export const SHADER_LIBRARY: Readonly<Record<string, string>> = {
  "lib/attention_lanes": attentionLanes,
  "lib/attention_scores": attentionScores,
  "lib/attention_tile": attentionTile,
  "lib/grid": grid,
  "lib/hidden_activation": hiddenActivation,
  "lib/random": random,
  "lib/row_sums": rowSums,
  "lib/row_sums_subgroup": rowSumsSubgroup,
  "lib/rows": rows,
  "lib/step_control": stepControl,
};
