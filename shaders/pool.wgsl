// y[s, c] = mean, first or maximum of x[t, c] over the tokens t of sequence s.
//
// A thread owns four neighbouring columns of one sequence, in both directions; the tokens of sequence s are the rows
// from starts[s] to starts[s + 1]. The gradient of a maximum goes to the first row that attains it.
// C is a multiple of 4.
#import lib/grid

struct Params {
  sequences: u32,
  quads: u32,
  mode: u32,
  accumulate: u32,
}

const MEAN = 0u;
const CLS = 1u;
const MAX = 2u;

#operand 0 x
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
#operand 3 d_y
@group(0) @binding(4) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

// The rows that the four columns take: the first, or those of the maxima.
fn chosen_rows(start: u32, end: u32, c: u32) -> vec4<u32> {
  var chosen = vec4<u32>(start);
  if (params.mode == MAX) {
    var top = x_quad(start * params.quads + c);
    for (var t = start + 1u; t < end; t++) {
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
  let start = starts[s];
  let end = starts[s + 1u];
  var value = x_quad(start * params.quads + c);
  if (params.mode != CLS) {
    for (var t = start + 1u; t < end; t++) {
      let next = x_quad(t * params.quads + c);
      value = select(max(value, next), value + next, params.mode == MEAN);
    }
  }
  y[i] = select(value, value / f32(end - start), params.mode == MEAN);
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
  let start = starts[s];
  let end = starts[s + 1u];
  let chosen = chosen_rows(start, end, c);
  let whole = d_y_quad(i);
  let share = whole / f32(end - start);
  for (var t = start; t < end; t++) {
    let at = t * params.quads + c;
    let own = select(vec4<f32>(), whole, chosen == vec4<u32>(t));
    var value = select(own, share, params.mode == MEAN);
    if (params.accumulate != 0u) { value += d_x[at]; }
    d_x[at] = value;
  }
}
