/**
 * The training arguments about precision, platform, hub and processes, as properties.
 *
 * @module
 */
import type { HubStrategy } from "./fields/hub.ts";
import type { LogLevel } from "./fields/logging.ts";
import type { HalfPrecisionBackend } from "./fields/precision.ts";

/** The part of the arguments about where and how a run computes; each doc is that of the record. */
export interface DeviceArgumentValues {
  /**
   * Whether training stores the operands of linear layers as 16 bits and multiplies in f32, with a
   * scaled loss; needs no feature of the adapter.
   */
  fp16: boolean;
  /**
   * Whether operands of linear layers are stored as bfloat16 while training; WebGPU has no such
   * arithmetic, that keeps 32 bits.
   */
  bf16: boolean;
  /**
   * Whether evaluate() outside training stores the operands of linear layers as 16 bits and
   * multiplies in f32; needs no feature of the adapter.
   */
  fp16FullEval: boolean;
  /** Whether evaluate() outside training stores operands of linear layers as bfloat16. */
  bf16FullEval: boolean;
  /** How much of the model Apex turns into 16-bit numbers. */
  fp16OptLevel: string;
  /** The library that does mixed precision. */
  halfPrecisionBackend: HalfPrecisionBackend;
  /** The older name of half_precision_backend. */
  fp16Backend: HalfPrecisionBackend;
  /** Whether matrices are multiplied with TensorFloat-32. */
  tf32: boolean | null;
  /** Whether layers are computed again for the backward pass: less memory, more time. */
  gradientCheckpointing: boolean;
  /**
   * Settings of gradient_checkpointing: every_n_layers, how many layers are computed again
   * together; use_reentrant, accepted though there is nothing to choose. Others are refused.
   */
  gradientCheckpointingKwargs: Record<string, unknown> | null;
  /** Whether a software adapter is used although there is a GPU. */
  useCpu: boolean;
  /** The older name of use_cpu. */
  noCuda: boolean;
  /** Whether Apple's Metal is used; deprecated upstream. */
  useMpsDevice: boolean;
  /** Whether evaluation runs a trace that PyTorch made. */
  jitModeEval: boolean;
  /** Whether Intel's extension of PyTorch is used. */
  useIpex: boolean;
  /** Whether PyTorch compiles the model. */
  torchCompile: boolean;
  /** The compiler for torch_compile. */
  torchCompileBackend: string | null;
  /** How torch_compile compiles. */
  torchCompileMode: string | null;
  /** The older name of torch_compile_backend. */
  torchdynamo: string | null;
  /** The TPU cores to train on. */
  tpuNumCores: number | null;
  /** The older name of debug=tpu_metrics_debug. */
  tpuMetricsDebug: boolean;
  /** Whether checkpoints and the model are uploaded to a hub as they are saved; docs/hub.md. */
  pushToHub: boolean;
  /** The repository to upload to, ORGANIZATION/MODEL; null means the name of output_dir. */
  hubModelId: string | null;
  /**
   * What is uploaded: end only what save_model saves; every_save also the model of each
   * checkpoint; checkpoint also the newest checkpoint, as last-checkpoint; all_checkpoints all of
   * them.
   */
  hubStrategy: HubStrategy;
  /** The key for uploading; null means HF_TOKEN, or the key in HF_HOME. Never written out. */
  hubToken: string | null;
  /** Whether a new repository is private; false leaves it to the settings of its owner. */
  hubPrivateRepo: boolean;
  /** Whether a checkpoint is uploaded although the upload before it goes on. */
  hubAlwaysPush: boolean;
  /** The older name of the last part of hub_model_id. */
  pushToHubModelId: string | null;
  /** The older name of the first part of hub_model_id. */
  pushToHubOrganization: string | null;
  /** The older name of hub_token; never written out. */
  pushToHubToken: string | null;
  /**
   * The number of this process on its machine, which the launcher decides: -1 accepts it, another
   * number must be the same.
   */
  localRank: number;
  /** How processes talk to each other: by MPI, whatever its network. */
  ddpBackend: string | null;
  /** Whether processes look for parameters without gradient before they add gradients up. */
  ddpFindUnusedParameters: boolean | null;
  /** How many gradients processes exchange at once; null means 25. */
  ddpBucketCapMb: number | null;
  /** Whether processes share what a model holds beside its parameters. */
  ddpBroadcastBuffers: boolean | null;
  /** How long processes wait for each other before the job ends; null means 1800. */
  ddpTimeout: number | null;
  /**
   * What is divided among processes: with shard_grad_op the optimizer's state; gradients and
   * parameters are whole on each.
   */
  fsdp: string | string[] | null;
  /** Settings of fsdp, or the JSON file that holds them. */
  fsdpConfig: string | Record<string, unknown> | null;
  /** From which size on fsdp wraps a layer. */
  fsdpMinNumParams: number;
  /** The class of layers that fsdp wraps. */
  fsdpTransformerLayerClsToWrap: string | null;
  /**
   * Settings of DeepSpeed as an object: ZeRO stages 1 and 2 divide the optimizer's state among
   * processes; other settings must be "auto".
   */
  deepspeed: string | Record<string, unknown> | null;
  /**
   * Whether the first process alone reads training rows, and sends each batch to the others; null
   * means false.
   */
  dispatchBatches: boolean | null;
  /** Whether the batch size is that of all processes together. */
  splitBatches: boolean | null;
  /**
   * Whether checkpoints are saved by the first process of each machine, where machines have no
   * directory in common.
   */
  saveOnEachNode: boolean;
  /** Whether the first process of each machine logs; false for the first of all alone. */
  logOnEachNode: boolean;
  /** The log_level of processes that do not log. */
  logLevelReplica: LogLevel | null;
  /** Settings of SageMaker's model parallelism. */
  mpParameters: string;
  /** Which result of a trial counts in a hyper-parameter search by Ray. */
  rayScope: string | null;
}
