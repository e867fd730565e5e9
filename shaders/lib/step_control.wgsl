// What every optimizer reads of a step: `control`, bound by the importing shader, holds the factor of the
// gradients, whether the step is skipped, two unused, then four scheduled scalars for each group.
// `params.group` says which group.

fn gradient_factor() -> f32 { return control[0]; }

fn is_skipped() -> bool { return control[1] != 0.0; }

fn scheduled(i: u32) -> f32 { return control[4u + 4u * params.group + i]; }
