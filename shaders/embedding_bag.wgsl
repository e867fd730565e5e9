// y[s, c] = the mean of table[ids[t], c] over the tokens t of sequence s; 0 where it has none.
//
// `forward`: a thread owns four neighbouring columns of one sequence, whose tokens are those from starts[s] to
// starts[s + 1]. `backward`: a workgroup owns one group of rows and adds them, in their order, to one row of `target`;
// threads stride over the columns, four at a time. The rows of group u are order[groups[u]] up to order[groups[u + 1]]:
// the tokens of one id, each of which brings d_y of its sequence owner[t] over the sequence's length, or, where an id has
// more than 128, first the tokens of each piece, then, with `sums`, the sums of the pieces. No atomics, so the sum is the
// same every time. C is a multiple of 4. Tried and lost: a [T, C] gradient of tokens in between, T C words of memory more.
#import lib/grid

struct Params {
  sequences: u32,
  quads: u32,
  groups: u32,
  sums: u32,
}

@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
#operand 2 table
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> owner: array<u32>;
@group(0) @binding(5) var<storage, read> order: array<u32>;
@group(0) @binding(6) var<storage, read> groups: array<u32>;
@group(0) @binding(7) var<storage, read> distinct: array<u32>;
#operand 8 d_y
@group(0) @binding(9) var<storage, read_write> d_table: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

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
  var sum = vec4<f32>();
  for (var t = start; t < end; t++) { sum += table_quad(ids[t] * params.quads + c); }
  y[i] = sum / max(f32(end - start), 1.0);
}

@compute @workgroup_size(32)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = linear_workgroup(id, count);
  if (group >= params.groups) { return; }
  let row = distinct[group] * params.quads;
  for (var c = thread; c < params.quads; c += 32u) {
    var sum = vec4<f32>();
    for (var i = groups[group]; i < groups[group + 1u]; i++) {
      var row_in = order[i];
      var length = 1.0;
      if (params.sums == 0u) {
        row_in = owner[row_in];
        length = f32(starts[row_in + 1u] - starts[row_in]);
      }
      sum += d_y_quad(row_in * params.quads + c) / length;
    }
    d_table[row + c] += sum;
  }
}
