// y[t, c] = word[ids[t], c] + position[positions[t], c] + type[0, c].
//
// `forward`: a thread owns one element. `backward_table`: a workgroup owns one distinct id and adds the
// gradients of its tokens, in their order, to the table's row; threads stride over the columns. The
// tokens of id u are order[starts[u]] up to order[starts[u + 1]]. No atomics, so the sum is the same
// every time.
#import lib/grid

struct Params {
  tokens: u32,
  columns: u32,
  has_type: u32,
  groups: u32,
}

@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> positions: array<u32>;
@group(0) @binding(2) var<storage, read> word: array<f32>;
@group(0) @binding(3) var<storage, read> position: array<f32>;
@group(0) @binding(4) var<storage, read> kind: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read> order: array<u32>;
@group(0) @binding(7) var<storage, read> starts: array<u32>;
@group(0) @binding(8) var<storage, read> distinct: array<u32>;
@group(0) @binding(9) var<storage, read> d_y: array<f32>;
@group(0) @binding(10) var<storage, read_write> d_table: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.tokens * params.columns) { return; }
  let t = i / params.columns;
  let c = i % params.columns;
  var value = word[ids[t] * params.columns + c] + position[positions[t] * params.columns + c];
  if (params.has_type != 0u) { value += kind[c]; }
  y[i] = value;
}

@compute @workgroup_size(64)
fn backward_table(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = linear_workgroup(id, count);
  if (group >= params.groups) { return; }
  let row = distinct[group] * params.columns;
  for (var c = thread; c < params.columns; c += 64u) {
    var sum = 0.0;
    for (var i = starts[group]; i < starts[group + 1u]; i++) {
      sum += d_y[order[i] * params.columns + c];
    }
    d_table[row + c] += sum;
  }
}
