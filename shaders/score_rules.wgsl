// Which scores of a tile count, and what is added to them, before a softmax sees them.
//
// The tile [rows, columns] begins at row `row` and candidate `column` of a block whose rows belong to
// queries 0 to queries - 1; candidate j belongs to query j mod queries. A thread owns one score:
//
//   apply   s += harder s,  `harder` by whether the candidate is a negative of the row's own query, another
//           query's, or the row's positive, which nothing is added to
//           s = lowest f32  of the row's own query, where the block `excludes_own`
//           s = lowest f32  where guide_ij > limits_i, unless it is the positive
//   limit   limits_i = g - margin, or g - |g| margin where `relative`, of the guide's score g of anchor i
//           and its positive: the diagonal, from tiles of the same product, so that what equals the
//           positive to the guide has the same bits and stays
//
// A comparison with NaN is false: it stays too, and makes the softmax NaN by itself. This is a pass of its
// own so that a block without rules pays nothing for them.
#import lib/grid

struct Params {
  queries: u32,
  row: u32,
  column: u32,
  rows: u32,
  columns: u32,
  positive: u32,
  excludes_own: u32,
  guided: u32,
  relative: u32,
  margin: f32,
  harder_own: f32,
  harder_others: f32,
}

@group(0) @binding(0) var<storage, read_write> scores: array<f32>;
@group(0) @binding(1) var<storage, read> guide: array<f32>;
@group(0) @binding(2) var<storage, read> limits: array<f32>;
@group(0) @binding(3) var<storage, read_write> new_limits: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;
const LOWEST = -3.4028234e38;

@compute @workgroup_size(THREADS)
fn apply(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * THREADS + thread;
  if (at >= params.rows * params.columns) { return; }
  let query = params.row + at / params.columns;
  let candidate = params.column + at % params.columns;
  let own = candidate % params.queries == query;
  let positive = params.positive != 0u && candidate == query;
  var excluded = params.excludes_own != 0u && own;
  if (params.guided != 0u) { excluded = excluded || (!positive && guide[at] > limits[query]); }
  let harder = select(params.harder_others, params.harder_own, own);
  let score = scores[at];
  scores[at] = select(score + select(harder * score, 0.0, positive), LOWEST, excluded);
}

@compute @workgroup_size(THREADS)
fn limit(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = linear_workgroup(id, count) * THREADS + thread;
  let query = params.row + row;
  let last = params.column + params.columns;
  if (row >= params.rows || query < params.column || query >= last) { return; }
  let score = guide[row * params.columns + query - params.column];
  new_limits[query] = score - select(1.0, abs(score), params.relative != 0u) * params.margin;
}
