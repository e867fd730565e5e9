// y[r, c] = x[r, first + c]: a range of columns, in place of y or added to it. Backward, d_x gets d_y in those columns and zero in all
// others, or nothing there where it is added to. A thread owns four neighbours of the result; `first` and
// both widths are counted in vectors of four.
#import lib/grid

struct Params {
  rows: u32,
  first: u32,
  width: u32,
  x_width: u32,
  accumulate: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#operand 2 d_y
@group(0) @binding(3) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.width) { return; }
  var value = x_quad(i / params.width * params.x_width + params.first + i % params.width);
  if (params.accumulate != 0u) { value += y[i]; }
  y[i] = value;
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.x_width) { return; }
  let column = i % params.x_width;
  let inside = column >= params.first && column < params.first + params.width;
  if (!inside) {
    if (params.accumulate == 0u) { d_x[i] = vec4<f32>(); }
    return;
  }
  var value = d_y_quad(i / params.x_width * params.width + column - params.first);
  if (params.accumulate != 0u) { value += d_x[i]; }
  d_x[i] = value;
}
