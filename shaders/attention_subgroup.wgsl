// Attention over packed sequences, for software adapters: context_i = sum over j of p_ij v_j, where
// p_i = softmax over j of scale q_i . k_j and j runs over the sequence of i. qkv is [T, 3 C]; head h owns
// the columns from h D of the queries, of the keys and of the values.
//
// A workgroup is one subgroup of 8 lanes and owns 8 neighbouring rows of one sequence and one head: the
// queries in `forward` and `backward_queries`, the keys in `backward_keys`. The other side passes by in
// tiles of 16 rows, two of which a lane brings and all get by broadcast; so a tile of 8 x 16 scores is all
// that is ever held, in 4 vectors a lane. The running maximum and sum are those of Milakov and Gimelshein,
// "Online normalizer calculation for softmax", 2018; the recomputation in the backward pass that of Dao et
// al., "FlashAttention", 2022, from one log-sum-exp a row and head. D is a multiple
// of 4. Rows beyond a sequence repeat its last one and
// count as zero. Results of more than one tile are added in their place. Accumulation is f32.
#import lib/grid
#import lib/random

struct Params {
  rows: u32,
  tiles: u32,
  heads: u32,
  quads: u32,
  scale: f32,
  key_0: u32,
  key_1: u32,
  threshold: u32,
  keep_factor: f32,
  accumulate: u32,
}

#operand 0 qkv
#operand 1 d_context
#operand 9 saved_context
@group(0) @binding(10) var<storage, read_write> products: array<f32>;
@group(0) @binding(2) var<storage, read> tiles: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> context: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(6) var<storage, read> lse: array<f32>;
@group(0) @binding(7) var<storage, read> delta: array<f32>;
@group(0) @binding(8) var<storage, read_write> d_qkv: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

const LOWEST = -3.0e38;

// 16 numbers of a lane, one for each row of a tile.
struct Sixteen {
  x: vec4<f32>,
  y: vec4<f32>,
  z: vec4<f32>,
  w: vec4<f32>,
}

// What a lane owns: a row of a sequence from `start` to `end`, and a head.
struct Owned {
  row: u32,
  inside: bool,
  head: u32,
  start: u32,
  end: u32,
}

fn owned(id: vec3<u32>, count: vec3<u32>, lane: u32) -> Owned {
  let work = linear_workgroup(id, count);
  let total = params.tiles * params.heads;
  let i = min(work, total - 1u);
  let first = tiles[i / params.heads * 2u];
  let sequence = tiles[i / params.heads * 2u + 1u];
  let end = starts[sequence + 1u];
  let row = first + lane;
  let inside = row < end && work < total;
  return Owned(min(row, end - 1u), inside, i % params.heads, starts[sequence], end);
}

// The quad at which a row's part begins: 0 for queries, 1 for keys, 2 for values.
fn qkv_at(row: u32, part: u32, head: u32) -> u32 {
  return ((row * 3u + part) * params.heads + head) * params.quads;
}

fn context_at(row: u32, head: u32) -> u32 {
  return (row * params.heads + head) * params.quads;
}

fn add_dots(s: ptr<function, Sixteen>, x: vec4<f32>, y0: vec4<f32>, y1: vec4<f32>) {
  (*s).x += vec4<f32>(
    dot(x, subgroupBroadcast(y0, 0u)),
    dot(x, subgroupBroadcast(y0, 1u)),
    dot(x, subgroupBroadcast(y0, 2u)),
    dot(x, subgroupBroadcast(y0, 3u)),
  );
  (*s).y += vec4<f32>(
    dot(x, subgroupBroadcast(y0, 4u)),
    dot(x, subgroupBroadcast(y0, 5u)),
    dot(x, subgroupBroadcast(y0, 6u)),
    dot(x, subgroupBroadcast(y0, 7u)),
  );
  (*s).z += vec4<f32>(
    dot(x, subgroupBroadcast(y1, 0u)),
    dot(x, subgroupBroadcast(y1, 1u)),
    dot(x, subgroupBroadcast(y1, 2u)),
    dot(x, subgroupBroadcast(y1, 3u)),
  );
  (*s).w += vec4<f32>(
    dot(x, subgroupBroadcast(y1, 4u)),
    dot(x, subgroupBroadcast(y1, 5u)),
    dot(x, subgroupBroadcast(y1, 6u)),
    dot(x, subgroupBroadcast(y1, 7u)),
  );
}

// The sum over a tile of weight times row, at one quad.
fn combined(w: Sixteen, y0: vec4<f32>, y1: vec4<f32>) -> vec4<f32> {
  var sum = vec4<f32>();
  sum += w.x.x * subgroupBroadcast(y0, 0u);
  sum += w.x.y * subgroupBroadcast(y0, 1u);
  sum += w.x.z * subgroupBroadcast(y0, 2u);
  sum += w.x.w * subgroupBroadcast(y0, 3u);
  sum += w.y.x * subgroupBroadcast(y0, 4u);
  sum += w.y.y * subgroupBroadcast(y0, 5u);
  sum += w.y.z * subgroupBroadcast(y0, 6u);
  sum += w.y.w * subgroupBroadcast(y0, 7u);
  sum += w.z.x * subgroupBroadcast(y1, 0u);
  sum += w.z.y * subgroupBroadcast(y1, 1u);
  sum += w.z.z * subgroupBroadcast(y1, 2u);
  sum += w.z.w * subgroupBroadcast(y1, 3u);
  sum += w.w.x * subgroupBroadcast(y1, 4u);
  sum += w.w.y * subgroupBroadcast(y1, 5u);
  sum += w.w.z * subgroupBroadcast(y1, 6u);
  sum += w.w.w * subgroupBroadcast(y1, 7u);
  return sum;
}

// scale q . k of a lane's row with the 16 rows of the other part from `tile` on.
fn scores(o: Owned, part: u32, other: u32, tile: u32, lane: u32) -> Sixteen {
  let mine = qkv_at(o.row, part, o.head);
  let first = qkv_at(min(tile + lane, o.end - 1u), other, o.head);
  let second = qkv_at(min(tile + 8u + lane, o.end - 1u), other, o.head);
  var s = Sixteen();
  for (var i = 0u; i < params.quads; i++) {
    add_dots(&s, qkv_quad(mine + i), qkv_quad(first + i), qkv_quad(second + i));
  }
  return scaled(s, params.scale);
}

fn scaled(s: Sixteen, factor: f32) -> Sixteen {
  return Sixteen(s.x * factor, s.y * factor, s.z * factor, s.w * factor);
}

// Which rows of a tile belong to the sequence, as 0 and 1.
fn present(tile: u32, end: u32) -> Sixteen {
  let left = f32(end) - f32(tile) - vec4<f32>(0.5, 1.5, 2.5, 3.5);
  let zero = vec4<f32>();
  return Sixteen(
    step(zero, left),
    step(zero, left - 4.0),
    step(zero, left - 8.0),
    step(zero, left - 12.0),
  );
}

fn product(a: Sixteen, b: Sixteen) -> Sixteen {
  return Sixteen(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w);
}

fn sum_of(s: Sixteen) -> f32 {
  let v = (s.x + s.y) + (s.z + s.w);
  return (v.x + v.y) + (v.z + v.w);
}

fn max_of(s: Sixteen, mask: Sixteen) -> f32 {
  let low = vec4<f32>(LOWEST);
  let none = vec4<f32>();
  let v = max(
    max(select(low, s.x, mask.x > none), select(low, s.y, mask.y > none)),
    max(select(low, s.z, mask.z > none), select(low, s.w, mask.w > none)),
  );
  return max(max(v.x, v.y), max(v.z, v.w));
}

// Probabilities from scores; absent rows have none, whatever their score.
fn exponentials(s: Sixteen, shift: f32, mask: Sixteen) -> Sixteen {
  return product(
    Sixteen(
      exp(min(s.x - shift, vec4<f32>())),
      exp(min(s.y - shift, vec4<f32>())),
      exp(min(s.z - shift, vec4<f32>())),
      exp(min(s.w - shift, vec4<f32>())),
    ),
    mask,
  );
}

fn keep_quad(rows: vec4<u32>, columns: vec4<u32>, head: u32) -> vec4<f32> {
  let key = vec2<u32>(params.key_0, params.key_1);
  let heads = params.heads;
  return params.keep_factor * vec4<f32>(
    f32(keeps(key, rows.x * heads + head, columns.x, params.threshold)),
    f32(keeps(key, rows.y * heads + head, columns.y, params.threshold)),
    f32(keeps(key, rows.z * heads + head, columns.z, params.threshold)),
    f32(keeps(key, rows.w * heads + head, columns.w, params.threshold)),
  );
}

const FOUR = vec4<u32>(0u, 1u, 2u, 3u);

// Dropout factors of a query's row for the keys of a tile.
fn keep_keys(row: u32, tile: u32, head: u32) -> Sixteen {
  if (params.threshold == 0u) { return ones(); }
  let rows = vec4<u32>(row);
  let c = tile + FOUR;
  return Sixteen(
    keep_quad(rows, c, head),
    keep_quad(rows, c + 4u, head),
    keep_quad(rows, c + 8u, head),
    keep_quad(rows, c + 12u, head),
  );
}

// Dropout factors of a key's column for the queries of a tile.
fn keep_queries(tile: u32, column: u32, head: u32) -> Sixteen {
  if (params.threshold == 0u) { return ones(); }
  let columns = vec4<u32>(column);
  let r = tile + FOUR;
  return Sixteen(
    keep_quad(r, columns, head),
    keep_quad(r + 4u, columns, head),
    keep_quad(r + 8u, columns, head),
    keep_quad(r + 12u, columns, head),
  );
}

fn ones() -> Sixteen {
  let one = vec4<f32>(1.0);
  return Sixteen(one, one, one, one);
}

// One number for each row of a tile, of those that the lanes hold for two rows each.
fn from_lanes(a: f32, b: f32) -> Sixteen {
  return Sixteen(
    vec4<f32>(subgroupBroadcast(a, 0u), subgroupBroadcast(a, 1u), subgroupBroadcast(a, 2u), subgroupBroadcast(a, 3u)),
    vec4<f32>(subgroupBroadcast(a, 4u), subgroupBroadcast(a, 5u), subgroupBroadcast(a, 6u), subgroupBroadcast(a, 7u)),
    vec4<f32>(subgroupBroadcast(b, 0u), subgroupBroadcast(b, 1u), subgroupBroadcast(b, 2u), subgroupBroadcast(b, 3u)),
    vec4<f32>(subgroupBroadcast(b, 4u), subgroupBroadcast(b, 5u), subgroupBroadcast(b, 6u), subgroupBroadcast(b, 7u)),
  );
}

@compute @workgroup_size(8)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let o = owned(id, count, lane);
  var maximum = LOWEST;
  var sum = 0.0;
  for (var tile = o.start; tile < o.end; tile += 16u) {
    let s = scores(o, 0u, 1u, tile, lane);
    let mask = present(tile, o.end);
    let raised = max(maximum, max_of(s, mask));
    let shrink = exp(maximum - raised);
    let p = exponentials(s, raised, mask);
    maximum = raised;
    sum = sum * shrink + sum_of(p);
    let w = product(p, keep_keys(o.row, tile, o.head));
    // The last tile knows the whole sum.
    let divisor = select(1.0, sum, tile + 16u >= o.end);
    add_values(o, w, tile, lane, shrink, divisor);
  }
  if (o.inside) { log_sum_exp[o.row * params.heads + o.head] = maximum + log(sum); }
}

fn add_values(o: Owned, w: Sixteen, tile: u32, lane: u32, shrink: f32, divisor: f32) {
  let first = qkv_at(min(tile + lane, o.end - 1u), 2u, o.head);
  let second = qkv_at(min(tile + 8u + lane, o.end - 1u), 2u, o.head);
  let at = context_at(o.row, o.head);
  for (var i = 0u; i < params.quads; i++) {
    var value = combined(w, qkv_quad(first + i), qkv_quad(second + i));
    if (tile > o.start) { value += shrink * context[at + i]; }
    if (o.inside) { context[at + i] = value / divisor; }
  }
}

// d_o . v of a lane's query with 16 values, or of a lane's value with 16 queries.
fn value_dots(o: Owned, query_owned: bool, tile: u32, lane: u32) -> Sixteen {
  let row0 = min(tile + lane, o.end - 1u);
  let row1 = min(tile + 8u + lane, o.end - 1u);
  var s = Sixteen();
  if (query_owned) {
    let mine = context_at(o.row, o.head);
    let first = qkv_at(row0, 2u, o.head);
    let second = qkv_at(row1, 2u, o.head);
    for (var i = 0u; i < params.quads; i++) {
      add_dots(&s, d_context_quad(mine + i), qkv_quad(first + i), qkv_quad(second + i));
    }
  } else {
    let mine = qkv_at(o.row, 2u, o.head);
    let first = context_at(row0, o.head);
    let second = context_at(row1, o.head);
    for (var i = 0u; i < params.quads; i++) {
      add_dots(&s, qkv_quad(mine + i), d_context_quad(first + i), d_context_quad(second + i));
    }
  }
  return s;
}

// scale p (d_p - delta), the gradient of a tile of scores before scaling, times scale.
fn score_gradients(p: Sixteen, d_p: Sixteen, d: Sixteen) -> Sixteen {
  return scaled(
    product(p, Sixteen(d_p.x - d.x, d_p.y - d.y, d_p.z - d.z, d_p.w - d.w)),
    params.scale,
  );
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
  for (var i = number * params.quads; i < (number + 1u) * params.quads; i++) {
    sum += saved_context_quad(i) * d_context_quad(i);
  }
  products[number] = (sum.x + sum.y) + (sum.z + sum.w);
}

fn put(at: u32, value: vec4<f32>, first: bool, inside: bool) {
  if (!inside) { return; }
  if (first && params.accumulate == 0u) {
    d_qkv[at] = value;
  } else {
    d_qkv[at] += value;
  }
}

@compute @workgroup_size(8)
fn backward_queries(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let o = owned(id, count, lane);
  let number = o.row * params.heads + o.head;
  let d = vec4<f32>(delta[number]);
  let at = qkv_at(o.row, 0u, o.head);
  for (var tile = o.start; tile < o.end; tile += 16u) {
    let p = exponentials(scores(o, 0u, 1u, tile, lane), lse[number], present(tile, o.end));
    let d_p = product(value_dots(o, true, tile, lane), keep_keys(o.row, tile, o.head));
    let w = score_gradients(p, d_p, Sixteen(d, d, d, d));
    let first = qkv_at(min(tile + lane, o.end - 1u), 1u, o.head);
    let second = qkv_at(min(tile + 8u + lane, o.end - 1u), 1u, o.head);
    for (var i = 0u; i < params.quads; i++) {
      let value = combined(w, qkv_quad(first + i), qkv_quad(second + i));
      put(at + i, value, tile == o.start, o.inside);
    }
  }
}

@compute @workgroup_size(8)
fn backward_keys(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let o = owned(id, count, lane);
  let at_key = qkv_at(o.row, 1u, o.head);
  let at_value = qkv_at(o.row, 2u, o.head);
  for (var tile = o.start; tile < o.end; tile += 16u) {
    let row0 = min(tile + lane, o.end - 1u);
    let row1 = min(tile + 8u + lane, o.end - 1u);
    let number0 = row0 * params.heads + o.head;
    let number1 = row1 * params.heads + o.head;
    let shift = from_lanes(lse[number0], lse[number1]);
    let s = scores(o, 1u, 0u, tile, lane);
    let above = Sixteen(s.x - shift.x, s.y - shift.y, s.z - shift.z, s.w - shift.w);
    let p = exponentials(above, 0.0, present(tile, o.end));
    let keep = keep_queries(tile, o.row, o.head);
    let d_p = product(value_dots(o, false, tile, lane), keep);
    let w = score_gradients(p, d_p, from_lanes(delta[number0], delta[number1]));
    let kept = product(p, keep);
    let query0 = qkv_at(row0, 0u, o.head);
    let query1 = qkv_at(row1, 0u, o.head);
    let context0 = context_at(row0, o.head);
    let context1 = context_at(row1, o.head);
    for (var i = 0u; i < params.quads; i++) {
      let d_key = combined(w, qkv_quad(query0 + i), qkv_quad(query1 + i));
      let d_value = combined(kept, d_context_quad(context0 + i), d_context_quad(context1 + i));
      put(at_key + i, d_key, tile == o.start, o.inside);
      put(at_value + i, d_value, tile == o.start, o.inside);
    }
  }
}
