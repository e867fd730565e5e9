// y[s, m C + c] = one number of x[t, c] over the tokens t of sequence s that count: those behind its prompt, n of them.
//
//   mean            sum x / n
//   cls, lasttoken  x of the first, of the last
//   max             the largest x; its gradient goes to the first row that attains it
//   mean_sqrt_len   sum x / sqrt(n)
//   weightedmean    sum i x / sum i, with i = 1 for the sequence's first token, the prompt's included
//
// Where no token counts, y is 0. A dispatch writes one mode's C columns of y. A thread owns four neighbouring columns of
// one sequence, in both directions; the tokens of sequence s are the rows from starts[s] to starts[s + 1], of which the
// first prompts[s] are the prompt's; these get gradient 0. C is a multiple of 4.
#import lib/grid

struct Params {
  sequences: u32,
  quads: u32,
  mode: u32,
  // Vectors of four in a row of y, and those before this mode's.
  row_quads: u32,
  offset: u32,
  has_prompts: u32,
  accumulate: u32,
}

const MEAN = 0u;
const CLS = 1u;
const MAX = 2u;
const MEAN_SQRT_LEN = 3u;
const WEIGHTED_MEAN = 4u;
const LAST_TOKEN = 5u;

#operand 0 x
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
#operand 3 d_y
@group(0) @binding(4) var<storage, read_write> d_x: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> prompts: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;

struct Rows {
  start: u32,
  // The first row that counts.
  first: u32,
  end: u32,
}

fn rows_of(s: u32) -> Rows {
  let start = starts[s];
  let end = starts[s + 1u];
  var first = start;
  if (params.has_prompts != 0u) { first += min(prompts[s], end - start); }
  return Rows(start, first, end);
}

// What a sum over the rows that count is divided by.
fn divisor(rows: Rows) -> f32 {
  let count = f32(rows.end - rows.first);
  switch params.mode {
    case MEAN: { return count; }
    case MEAN_SQRT_LEN: { return sqrt(count); }
    case WEIGHTED_MEAN: {
      return 0.5 * count * f32(rows.first - rows.start + 1u + rows.end - rows.start);
    }
    default: { return 1.0; }
  }
}

fn weight(rows: Rows, t: u32) -> f32 {
  return select(1.0, f32(t - rows.start + 1u), params.mode == WEIGHTED_MEAN);
}

fn is_sum() -> bool {
  return params.mode == MEAN || params.mode == MEAN_SQRT_LEN || params.mode == WEIGHTED_MEAN;
}

// The rows that the four columns take: the first, the last, or those of the maxima.
fn chosen_rows(rows: Rows, c: u32) -> vec4<u32> {
  if (params.mode == LAST_TOKEN) { return vec4<u32>(rows.end - 1u); }
  var chosen = vec4<u32>(rows.first);
  if (params.mode == MAX) {
    var top = x_quad(rows.first * params.quads + c);
    for (var t = rows.first + 1u; t < rows.end; t++) {
      let value = x_quad(t * params.quads + c);
      chosen = select(chosen, vec4<u32>(t), value > top);
      top = max(top, value);
    }
  }
  return chosen;
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.sequences * params.quads) { return; }
  let s = i / params.quads;
  let c = i % params.quads;
  let at = s * params.row_quads + params.offset + c;
  let rows = rows_of(s);
  if (rows.first >= rows.end) {
    y[at] = vec4<f32>();
    return;
  }
  let row = select(rows.first, rows.end - 1u, params.mode == LAST_TOKEN);
  var value = x_quad(row * params.quads + c);
  if (params.mode == MAX) {
    for (var t = rows.first + 1u; t < rows.end; t++) {
      value = max(value, x_quad(t * params.quads + c));
    }
  }
  if (is_sum()) {
    value *= weight(rows, rows.first);
    for (var t = rows.first + 1u; t < rows.end; t++) {
      value += weight(rows, t) * x_quad(t * params.quads + c);
    }
    value /= divisor(rows);
  }
  y[at] = value;
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.sequences * params.quads) { return; }
  let s = i / params.quads;
  let c = i % params.quads;
  let rows = rows_of(s);
  if (rows.start >= rows.end) { return; }
  // Of a sequence whose tokens are all the prompt's, no row is chosen: `end` is none of them.
  var chosen = vec4<u32>(rows.end);
  if (rows.first < rows.end) { chosen = chosen_rows(rows, c); }
  let whole = d_y_quad(s * params.row_quads + params.offset + c);
  let share = whole / divisor(rows);
  for (var t = rows.start; t < rows.end; t++) {
    let at = t * params.quads + c;
    var value = select(vec4<f32>(), whole, chosen == vec4<u32>(t));
    if (is_sum()) { value = weight(rows, t) * share; }
    if (t < rows.first) { value = vec4<f32>(); }
    if (params.accumulate != 0u) { value += d_x[at]; }
    d_x[at] = value;
  }
}
