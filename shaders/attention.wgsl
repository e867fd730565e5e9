// Attention over packed sequences, for GPUs: context_i = sum over j of p_ij v_j, where
// p_i = softmax over j of scale q_i . k_j and j runs over the sequence of i. qkv is [T, 3 C]; head h owns
// the columns from h D of the queries, of the keys and of the values.
//
// A thread owns one row of one head, a workgroup 64 neighbouring rows of one sequence: the queries in
// `forward` and `backward_queries`, the keys in `backward_keys`. The other side passes by in tiles of 16
// rows in workgroup memory; a thread keeps its own row, its 16 scores and its result in registers.
// The running maximum and sum are those of Milakov and Gimelshein, "Online normalizer calculation for
// softmax", 2018; the recomputation in the backward pass that of Dao et al., "FlashAttention", 2022, from
// one log-sum-exp a row and head. QUADS = D / 4 comes as a constant, at most 32. Rows beyond a sequence
// repeat its last one and count as zero. Accumulation is f32.
#import lib/grid
#import lib/random

struct Params {
  rows: u32,
  tiles: u32,
  heads: u32,
  scale: f32,
  key_0: u32,
  key_1: u32,
  threshold: u32,
  keep_factor: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> d_context: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> tiles: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> context: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(6) var<storage, read> lse: array<f32>;
@group(0) @binding(7) var<storage, read> delta: array<f32>;
@group(0) @binding(8) var<storage, read_write> d_qkv: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read> saved_context: array<vec4<f32>>;
@group(0) @binding(10) var<storage, read_write> products: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const LOWEST = -3.0e38;
const TILE = 16u;
const STAGED = TILE * QUADS;

alias Row = array<vec4<f32>, QUADS>;

var<workgroup> left: array<vec4<f32>, STAGED>;
var<workgroup> right: array<vec4<f32>, STAGED>;
var<workgroup> left_numbers: array<f32, 16>;
var<workgroup> right_numbers: array<f32, 16>;

struct Owned {
  row: u32,
  inside: bool,
  head: u32,
  start: u32,
  end: u32,
}

fn owned(id: vec3<u32>, count: vec3<u32>, thread: u32) -> Owned {
  let work = linear_workgroup(id, count);
  let total = params.tiles * params.heads;
  let i = min(work, total - 1u);
  let first = tiles[i / params.heads * 2u];
  let sequence = tiles[i / params.heads * 2u + 1u];
  let end = starts[sequence + 1u];
  let row = first + thread;
  let inside = row < end && work < total;
  return Owned(min(row, end - 1u), inside, i % params.heads, starts[sequence], end);
}

// Where a row's part begins: 0 for queries, 1 for keys, 2 for values.
fn qkv_at(row: u32, part: u32, head: u32) -> u32 {
  return ((row * 3u + part) * params.heads + head) * QUADS;
}

fn context_at(row: u32, head: u32) -> u32 {
  return (row * params.heads + head) * QUADS;
}

fn keep(row: u32, column: u32, head: u32) -> f32 {
  if (params.threshold == 0u) { return 1.0; }
  let key = vec2<u32>(params.key_0, params.key_1);
  return select(
    0.0,
    params.keep_factor,
    keeps(key, row * params.heads + head, column, params.threshold),
  );
}

fn stage_keys_and_values(o: Owned, tile: u32, thread: u32) {
  workgroupBarrier();
  for (var i = thread; i < STAGED; i += 64u) {
    let row = min(tile + i / QUADS, o.end - 1u);
    left[i] = qkv[qkv_at(row, 1u, o.head) + i % QUADS];
    right[i] = qkv[qkv_at(row, 2u, o.head) + i % QUADS];
  }
  workgroupBarrier();
}

fn stage_queries(o: Owned, tile: u32, thread: u32) {
  workgroupBarrier();
  for (var i = thread; i < STAGED; i += 64u) {
    let row = min(tile + i / QUADS, o.end - 1u);
    left[i] = qkv[qkv_at(row, 0u, o.head) + i % QUADS];
    right[i] = d_context[context_at(row, o.head) + i % QUADS];
  }
  if (thread < TILE) {
    let number = min(tile + thread, o.end - 1u) * params.heads + o.head;
    left_numbers[thread] = lse[number];
    right_numbers[thread] = delta[number];
  }
  workgroupBarrier();
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let o = owned(id, count, thread);
  var query = Row();
  for (var i = 0u; i < QUADS; i++) { query[i] = qkv[qkv_at(o.row, 0u, o.head) + i]; }
  var result = Row();
  var maximum = LOWEST;
  var sum = 0.0;
  for (var tile = o.start; tile < o.end; tile += TILE) {
    stage_keys_and_values(o, tile, thread);
    let rows = min(TILE, o.end - tile);
    var s = array<f32, 16>();
    var raised = maximum;
    for (var j = 0u; j < rows; j++) {
      var product = vec4<f32>();
      for (var i = 0u; i < QUADS; i++) { product += query[i] * left[j * QUADS + i]; }
      s[j] = ((product.x + product.y) + (product.z + product.w)) * params.scale;
      raised = max(raised, s[j]);
    }
    let shrink = exp(maximum - raised);
    maximum = raised;
    sum *= shrink;
    for (var i = 0u; i < QUADS; i++) { result[i] *= shrink; }
    for (var j = 0u; j < rows; j++) {
      let p = exp(s[j] - maximum);
      sum += p;
      let weight = p * keep(o.row, tile + j, o.head);
      for (var i = 0u; i < QUADS; i++) { result[i] += weight * right[j * QUADS + i]; }
    }
  }
  if (!o.inside) { return; }
  let at = context_at(o.row, o.head);
  for (var i = 0u; i < QUADS; i++) { context[at + i] = result[i] / sum; }
  log_sum_exp[o.row * params.heads + o.head] = maximum + log(sum);
}

// delta = d_o . o of a row and head, which is the mean of d_p under p; a thread owns one.
@compute @workgroup_size(64)
fn output_products(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = linear_workgroup(id, count) * 64u + thread;
  if (number >= params.rows * params.heads) { return; }
  var sum = vec4<f32>();
  for (var i = number * QUADS; i < (number + 1u) * QUADS; i++) {
    sum += saved_context[i] * d_context[i];
  }
  products[number] = (sum.x + sum.y) + (sum.z + sum.w);
}

fn put(at: u32, value: vec4<f32>) {
  if (params.accumulate != 0u) {
    d_qkv[at] += value;
  } else {
    d_qkv[at] = value;
  }
}

@compute @workgroup_size(64)
fn backward_queries(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let o = owned(id, count, thread);
  let number = o.row * params.heads + o.head;
  var query = Row();
  var d_output = Row();
  var result = Row();
  for (var i = 0u; i < QUADS; i++) {
    query[i] = qkv[qkv_at(o.row, 0u, o.head) + i];
    d_output[i] = d_context[context_at(o.row, o.head) + i];
  }
  for (var tile = o.start; tile < o.end; tile += TILE) {
    stage_keys_and_values(o, tile, thread);
    for (var j = 0u; j < min(TILE, o.end - tile); j++) {
      var score = vec4<f32>();
      var d_weight = vec4<f32>();
      for (var i = 0u; i < QUADS; i++) {
        score += query[i] * left[j * QUADS + i];
        d_weight += d_output[i] * right[j * QUADS + i];
      }
      let s = ((score.x + score.y) + (score.z + score.w)) * params.scale;
      let d_p = ((d_weight.x + d_weight.y) + (d_weight.z + d_weight.w)) *
        keep(o.row, tile + j, o.head);
      let d_score = exp(s - lse[number]) * (d_p - delta[number]) * params.scale;
      for (var i = 0u; i < QUADS; i++) { result[i] += d_score * left[j * QUADS + i]; }
    }
  }
  if (!o.inside) { return; }
  for (var i = 0u; i < QUADS; i++) { put(qkv_at(o.row, 0u, o.head) + i, result[i]); }
}

@compute @workgroup_size(64)
fn backward_keys(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let o = owned(id, count, thread);
  var key = Row();
  var value = Row();
  var d_key = Row();
  var d_value = Row();
  for (var i = 0u; i < QUADS; i++) {
    key[i] = qkv[qkv_at(o.row, 1u, o.head) + i];
    value[i] = qkv[qkv_at(o.row, 2u, o.head) + i];
  }
  for (var tile = o.start; tile < o.end; tile += TILE) {
    stage_queries(o, tile, thread);
    for (var j = 0u; j < min(TILE, o.end - tile); j++) {
      var score = vec4<f32>();
      var d_weight = vec4<f32>();
      for (var i = 0u; i < QUADS; i++) {
        score += key[i] * left[j * QUADS + i];
        d_weight += value[i] * right[j * QUADS + i];
      }
      let s = ((score.x + score.y) + (score.z + score.w)) * params.scale;
      let p = exp(s - left_numbers[j]);
      let kept = keep(tile + j, o.row, o.head);
      let d_p = ((d_weight.x + d_weight.y) + (d_weight.z + d_weight.w)) * kept;
      let d_score = p * (d_p - right_numbers[j]) * params.scale;
      for (var i = 0u; i < QUADS; i++) {
        d_key[i] += d_score * left[j * QUADS + i];
        d_value[i] += p * kept * right[j * QUADS + i];
      }
    }
  }
  if (!o.inside) { return; }
  for (var i = 0u; i < QUADS; i++) {
    put(qkv_at(o.row, 1u, o.head) + i, d_key[i]);
    put(qkv_at(o.row, 2u, o.head) + i, d_value[i]);
  }
}
