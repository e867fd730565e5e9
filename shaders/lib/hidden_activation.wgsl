// Activations between the layers of a feed-forward part, and their slopes, for ACTIVATION: GELU 0,
// x (1 + erf(x / sqrt(2))) / 2; GELU_TANH 1, x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2; RELU 2,
// max(x, 0), of slope 0 at 0; SILU 3, x / (1 + exp(-x)).
//
// erf is x times a polynomial in x^2 below 1, and 1 - exp(-x^2) times a polynomial in 1 / (1 + |x| / 2)
// above: least-squares fits on Chebyshev nodes, within 1.4e-7 of the function and 1.7e-7 of its value in
// f32. The other two are x times the logistic function, whose exponent is cut where it no longer changes
// in f32 and nothing overflows: (1 + tanh z) / 2 is that of 2 z.
const GELU = 0u;
const GELU_TANH = 1u;
const RELU = 2u;

fn erf_small(x: vec4<f32>) -> vec4<f32> {
  let u = x * x;
  var p = vec4<f32>(7.847259257687256e-05);
  p = p * u - 0.0008008189033716917;
  p = p * u + 0.005188099108636379;
  p = p * u - 0.026853691786527634;
  p = p * u + 0.1128358244895935;
  p = p * u - 0.3761262595653534;
  p = p * u + 1.1283791065216064;
  return x * p;
}

fn erf_large(x: vec4<f32>) -> vec4<f32> {
  let size = min(abs(x), vec4<f32>(10.0));
  let t = 1.0 / (1.0 + 0.5 * size);
  var p = vec4<f32>(0.0824575126171112);
  p = p * t - 0.19018840789794922;
  p = p * t + 0.03227085992693901;
  p = p * t + 0.09973059594631195;
  p = p * t + 0.1606912463903427;
  p = p * t + 0.25219130516052246;
  p = p * t + 0.28112825751304626;
  p = p * t + 0.28218594193458557;
  p = p * t - 3.5458501770335715e-06;
  return sign(x) * (1.0 - exp(-size * size) * p);
}

fn distribution(x: vec4<f32>) -> vec4<f32> {
  let scaled = x * 0.7071067811865476;
  let erf = select(erf_large(scaled), erf_small(scaled), abs(scaled) < vec4<f32>(1.0));
  return 0.5 * (1.0 + erf);
}

fn logistic(x: vec4<f32>) -> vec4<f32> {
  let p = 1.0 / (1.0 + exp(min(-x, vec4<f32>(80.0))));
  return select(p, vec4<f32>(), x < vec4<f32>(-80.0));
}

// 2 z in x (1 + tanh z) / 2, for |x| small enough that its cube is finite.
fn twice_z(x: vec4<f32>) -> vec4<f32> {
  return 1.5957691216057308 * (x + 0.044715 * x * x * x);
}

fn bounded(x: vec4<f32>) -> vec4<f32> {
  return clamp(x, vec4<f32>(-30.0), vec4<f32>(30.0));
}

fn activated(x: vec4<f32>) -> vec4<f32> {
  if (ACTIVATION == GELU) { return x * distribution(x); }
  if (ACTIVATION == GELU_TANH) { return x * logistic(twice_z(bounded(x))); }
  // NaN passes, which max() would stop.
  if (ACTIVATION == RELU) { return select(x, vec4<f32>(), x <= vec4<f32>()); }
  return x * logistic(x);
}

fn slope(x: vec4<f32>) -> vec4<f32> {
  if (ACTIVATION == GELU) {
    let density = exp(-0.5 * x * x) * 0.3989422804014327;
    return distribution(x) + x * density;
  }
  if (ACTIVATION == GELU_TANH) {
    let b = bounded(x);
    let p = logistic(twice_z(b));
    return p + b * p * (1.0 - p) * 1.5957691216057308 * (1.0 + 0.134145 * b * b);
  }
  if (ACTIVATION == RELU) { return select(vec4<f32>(), vec4<f32>(1.0), x > vec4<f32>()); }
  let p = logistic(x);
  return p + max(x, vec4<f32>(-80.0)) * p * (1.0 - p);
}
