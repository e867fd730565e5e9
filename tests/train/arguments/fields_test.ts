import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  argumentFields,
  argumentGroups,
  type ArgumentName,
  argumentNames,
} from "../../../src/train/arguments/fields.ts";

/** The parameters of `SentenceTransformerTrainingArguments` upstream, in the order of its signature. */
const signature = `
  output_dir overwrite_output_dir do_train do_eval do_predict evaluation_strategy
  prediction_loss_only per_device_train_batch_size per_device_eval_batch_size
  per_gpu_train_batch_size per_gpu_eval_batch_size gradient_accumulation_steps
  eval_accumulation_steps eval_delay learning_rate weight_decay adam_beta1 adam_beta2 adam_epsilon
  max_grad_norm num_train_epochs max_steps lr_scheduler_type lr_scheduler_kwargs warmup_ratio
  warmup_steps log_level log_level_replica log_on_each_node logging_dir logging_strategy
  logging_first_step logging_steps logging_nan_inf_filter save_strategy save_steps
  save_total_limit save_safetensors save_on_each_node save_only_model no_cuda use_cpu
  use_mps_device seed data_seed jit_mode_eval use_ipex bf16 fp16 fp16_opt_level
  half_precision_backend bf16_full_eval fp16_full_eval tf32 local_rank ddp_backend tpu_num_cores
  tpu_metrics_debug debug dataloader_drop_last eval_steps dataloader_num_workers past_index
  run_name disable_tqdm remove_unused_columns label_names load_best_model_at_end
  metric_for_best_model greater_is_better ignore_data_skip fsdp fsdp_min_num_params fsdp_config
  fsdp_transformer_layer_cls_to_wrap deepspeed label_smoothing_factor optim optim_args adafactor
  group_by_length length_column_name report_to ddp_find_unused_parameters ddp_bucket_cap_mb
  ddp_broadcast_buffers dataloader_pin_memory dataloader_persistent_workers skip_memory_metrics
  use_legacy_prediction_loop push_to_hub resume_from_checkpoint hub_model_id hub_strategy
  hub_token hub_private_repo hub_always_push gradient_checkpointing gradient_checkpointing_kwargs
  include_inputs_for_metrics fp16_backend push_to_hub_model_id push_to_hub_organization
  push_to_hub_token mp_parameters auto_find_batch_size full_determinism torchdynamo ray_scope
  ddp_timeout torch_compile torch_compile_backend torch_compile_mode dispatch_batches
  split_batches include_tokens_per_second include_num_input_tokens_seen neftune_noise_alpha
  batch_sampler multi_dataset_batch_sampler
`.trim().split(/\s+/);

/** Arguments that later versions upstream added. */
const later = ["prompts", "learning_rate_mapping"];

Deno.test("argumentFields has a record of each of the 120 arguments upstream, of 2 later ones, and of no other", () => {
  assertEquals(signature.length, 120);
  const { title, fields } = argumentGroups.at(-1)!;
  assertEquals([title, ...Object.keys(fields)], ["Later arguments", ...later]);
  assertEquals(argumentNames.slice(-2), later);
  assertEquals(argumentNames.slice(0, -2).sort(), signature.toSorted());
  assertEquals(argumentFields.size, 120 + 2);
});

Deno.test("argumentGroups puts each argument in one group", () => {
  assertEquals(argumentGroups.length, 13);
  assertEquals(new Set(argumentGroups.map(({ title }) => title)).size, 13);
  const names = argumentGroups.flatMap(({ fields }) => Object.keys(fields));
  assertEquals(names.length, 120 + 2);
  assertEquals(names, [...argumentNames]);
});

Deno.test("each record has a default of its type, a whole sentence, and support that is explained", () => {
  for (const [name, field] of argumentFields) {
    const { schema, default: value, doc, support } = field;
    assertEquals(schema.parse(value), value, name);
    assertEquals(
      [field.check?.(value) ?? null, field.refuses?.(value) ?? null],
      [null, null],
      name,
    );
    assertMatch(doc, /^[A-Z].*\.$/s, name);
    if (support.kind === "alias") assert(argumentFields.has(support.of as ArgumentName), name);
    if (support.kind === "inert") assertMatch(support.note, /^\S.*[^.]$/, name);
    if (support.kind === "refused" || support.kind === "partly") {
      assertMatch(`${support.reason}; ${support.instead}`, /^\S.*[^.]$/, name);
    }
    if (support.kind === "partly") {
      for (const honoured of support.values) assertEquals(schema.parse(honoured), honoured, name);
      assert(support.values.includes(value), name);
    }
  }
});
