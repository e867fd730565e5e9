// y[s, c] = mean, first or maximum of x[t, c] over the tokens t of sequence s.
//
// A thread owns one column of one sequence, in both directions; the tokens of sequence s are the rows
// from starts[s] to starts[s + 1]. The gradient of a maximum goes to the first row that attains it.
#import lib/grid

struct Params {
  sequences: u32,
  columns: u32,
  mode: u32,
  accumulate: u32,
}

const MEAN = 0u;
const CLS = 1u;
const MAX = 2u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> d_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_x: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

fn chosen_row(start: u32, end: u32, c: u32) -> u32 {
  var chosen = start;
  if (params.mode == MAX) {
    for (var t = start + 1u; t < end; t++) {
      if (x[t * params.columns + c] > x[chosen * params.columns + c]) { chosen = t; }
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
  if (i >= params.sequences * params.columns) { return; }
  let s = i / params.columns;
  let c = i % params.columns;
  let start = starts[s];
  let end = starts[s + 1u];
  if (params.mode == MEAN) {
    var sum = 0.0;
    for (var t = start; t < end; t++) { sum += x[t * params.columns + c]; }
    y[i] = sum / f32(end - start);
  } else {
    y[i] = x[chosen_row(start, end, c) * params.columns + c];
  }
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.sequences * params.columns) { return; }
  let s = i / params.columns;
  let c = i % params.columns;
  let start = starts[s];
  let end = starts[s + 1u];
  let chosen = chosen_row(start, end, c);
  let share = d_y[i] / f32(end - start);
  for (var t = start; t < end; t++) {
    let at = t * params.columns + c;
    var value = select(select(0.0, d_y[i], t == chosen), share, params.mode == MEAN);
    if (params.accumulate != 0u) { value += d_x[at]; }
    d_x[at] = value;
  }
}
