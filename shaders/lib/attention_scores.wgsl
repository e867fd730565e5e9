// From dot products to scores: score_ij = scale q_i . k_j + bias(j - i), for |i - j| <= window, and for
// j <= i where attention is causal.
//
// Constants: WINDOW, CAUSAL and BIAS, 0 or 1; what is 0 leaves no trace in the compiled text. `bias` holds one line
// of quads a head, then one that holds buckets in place of biases: quad n is that of the distances
// n - reach - 3 to n - reach, each brought to [-reach, reach]. So four neighbours are one load.

const LOWEST = -3.0e38;

// Rows from `first` to before `end`.
struct Span {
  first: u32,
  end: u32,
}

// The rows of the sequence from start to before end within reach of one of the rows `own`.
fn within(start: u32, end: u32, own: Span) -> Span {
  if (WINDOW == 0u) { return Span(start, end); }
  return Span(
    max(start + params.window, own.first) - params.window,
    min(end, own.end + params.window),
  );
}

// The keys of the sequence that one of the queries `own` sees.
fn keys_of(start: u32, end: u32, own: Span) -> Span {
  if (CAUSAL == 0u) { return within(start, end, own); }
  return within(start, min(end, own.end), own);
}

// The queries of the sequence that see one of the keys `own`.
fn queries_of(start: u32, end: u32, own: Span) -> Span {
  if (CAUSAL == 0u) { return within(start, end, own); }
  return within(own.first, end, own);
}

fn near(queries: vec4<u32>, keys: vec4<u32>) -> vec4<bool> {
  if (WINDOW == 0u && CAUSAL == 0u) { return vec4<bool>(true); }
  if (WINDOW == 0u) { return keys <= queries; }
  let inside = max(queries, keys) - min(queries, keys) <= vec4<u32>(params.window);
  if (CAUSAL == 0u) { return inside; }
  return inside & (keys <= queries);
}

// A line's values of four distances, from `distance` on.
fn by_distance(line: u32, distance: i32) -> vec4<f32> {
  let reach = i32(params.reach);
  let n = clamp(distance, -reach - 3, reach) + reach + 3;
  return bias_quad(line * (2u * params.reach + 4u) + u32(n));
}

// Scores of one query at four neighbouring keys.
fn key_scores(head: u32, query: u32, keys: vec4<u32>, dots: vec4<f32>) -> vec4<f32> {
  if (BIAS == 0u) { return dots * params.scale; }
  return dots * params.scale + by_distance(head, i32(keys.x) - i32(query));
}

// Scores of four neighbouring queries at one key.
fn query_scores(head: u32, queries: vec4<u32>, key: u32, dots: vec4<f32>) -> vec4<f32> {
  if (BIAS == 0u) { return dots * params.scale; }
  return dots * params.scale + by_distance(head, i32(key) - i32(queries.x) - 3).wzyx;
}
