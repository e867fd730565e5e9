import { assertEquals, assertMatch } from "@std/assert";
import { distributedFields } from "../../../../src/train/arguments/fields/distributed.ts";
import { assertRange, defaultsOf, honouredOf, namesOf } from "./records.ts";

Deno.test("distributedFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(distributedFields), {
    local_rank: -1,
    ddp_backend: null,
    ddp_find_unused_parameters: null,
    ddp_bucket_cap_mb: null,
    ddp_broadcast_buffers: null,
    ddp_timeout: 1800,
    fsdp: "",
    fsdp_config: null,
    fsdp_min_num_params: 0,
    fsdp_transformer_layer_cls_to_wrap: null,
    deepspeed: null,
    dispatch_batches: null,
    split_batches: false,
    save_on_each_node: false,
    log_on_each_node: true,
    log_level_replica: "warning",
    mp_parameters: "",
    ray_scope: "last",
  });
});

Deno.test("distributedFields take what is in range", () => {
  assertRange(distributedFields.local_rank, [-1, 0, 3], [-2, 0.5]);
  assertRange(distributedFields.ddp_backend, ["nccl", null], ["tcp"]);
  assertRange(distributedFields.ddp_timeout, [1, null], [0]);
  assertRange(distributedFields.fsdp, ["", ["full_shard"], null], [1]);
  assertRange(distributedFields.deepspeed, ["zero.json", { stage: 2 }, null], [2]);
});

Deno.test("distributedFields say what is not honoured", () => {
  assertEquals(namesOf(distributedFields, "refused"), [
    "fsdp_min_num_params",
    "fsdp_transformer_layer_cls_to_wrap",
    "mp_parameters",
    "ray_scope",
  ]);
  assertEquals(namesOf(distributedFields, "inert"), ["ddp_find_unused_parameters"]);
  assertEquals(namesOf(distributedFields, "alias"), []);
  assertEquals(namesOf(distributedFields, "partly"), [
    "ddp_backend",
    "ddp_broadcast_buffers",
    "fsdp_config",
  ]);
  assertEquals(namesOf(distributedFields, "effect"), [
    "local_rank",
    "ddp_bucket_cap_mb",
    "ddp_timeout",
    "fsdp",
    "deepspeed",
    "dispatch_batches",
    "split_batches",
    "save_on_each_node",
    "log_on_each_node",
    "log_level_replica",
  ]);
  assertEquals(honouredOf(distributedFields.ddp_backend), [null, "mpi"]);
  assertEquals(honouredOf(distributedFields.ddp_broadcast_buffers), [null, false]);
  assertEquals(distributedFields.fsdp.refuses!("shard_grad_op"), null);
  assertMatch(distributedFields.fsdp.refuses!("full_shard")!, /^"full_shard" divides parameters/);
  assertMatch(distributedFields.deepspeed.refuses!({ pipeline: {} })!, /^"pipeline" means nothing/);
});

Deno.test("distributedFields take the fsdp_config that upstream writes for none", () => {
  const honoured = honouredOf(distributedFields.fsdp_config);
  assertEquals(honoured.length, 5);
  assertEquals(honoured[3], { min_num_params: 0, xla: false, xla_fsdp_grad_ckpt: false });
});

Deno.test("distributedFields refuse fsdp without sense with upstream's messages", () => {
  const check = (value: string | string[] | null) => distributedFields.fsdp.check!(value);
  assertEquals([null, "", [], "full_shard auto_wrap", ["full_shard", "offload"]].map(check), [
    null,
    null,
    null,
    null,
    null,
  ]);
  assertEquals(
    check("offload"),
    "`--fsdp offload` can't work on its own. It needs to be added to `--fsdp full_shard` or " +
      '`--fsdp shard_grad_op`. For example, `--fsdp "full_shard offload"`.',
  );
  assertEquals(
    check(["full_shard", "shard_grad_op"]),
    "`--fsdp full_shard` is not compatible with `--fsdp shard_grad_op`.",
  );
  assertMatch(
    check("full")!,
    /^full is not a valid FSDPOption, please select one of \['full_shard',/,
  );
});
