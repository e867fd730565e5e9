/**
 * The arguments about uploading to a model hub.
 *
 * @module
 */
import { basename } from "@std/path";
import { z } from "zod";
import { type Alias, effect, type Field, field } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";

/** What is uploaded, and when. */
export type HubStrategy = "end" | "every_save" | "checkpoint" | "all_checkpoints";

const strategies: readonly HubStrategy[] = [
  "end",
  "every_save",
  "checkpoint",
  "all_checkpoints",
];

const ofModelId: Alias = { kind: "alias", of: "hub_model_id", from: hubModelId };

/** What two older names say together: `ORGANIZATION/MODEL`; the model is by default output_dir's name. */
function hubModelId(given: Readonly<Record<string, unknown>>): string {
  const { push_to_hub_organization: organization, push_to_hub_model_id: model, output_dir } = given;
  const name = model ?? basename(String(output_dir));
  return typeof organization === "string" ? `${organization}/${name}` : String(name);
}

/** The records, by upstream name. */
export const hubFields = {
  push_to_hub: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether checkpoints and the model are uploaded to a hub as they are saved; docs/hub.md.",
    support: effect,
  }) as Field<boolean>,
  hub_model_id: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The repository to upload to, ORGANIZATION/MODEL; null means the name of output_dir.",
    support: effect,
  }) as Field<string | null>,
  hub_strategy: field({
    schema: z.enum(strategies),
    default: "every_save",
    doc:
      "What is uploaded: end only what save_model saves; every_save also the model of each checkpoint; checkpoint also the newest checkpoint, as last-checkpoint; all_checkpoints all of them.",
    support: effect,
    upstreamError: upstreamEnum("HubStrategy", strategies),
  }) as Field<HubStrategy>,
  hub_token: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The key for uploading; null means HF_TOKEN, or the key in HF_HOME. Never written out.",
    support: effect,
  }) as Field<string | null>,
  hub_private_repo: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether a new repository is private; false leaves it to the settings of its owner.",
    support: effect,
  }) as Field<boolean>,
  hub_always_push: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether a checkpoint is uploaded although the upload before it goes on.",
    support: effect,
  }) as Field<boolean>,
  push_to_hub_model_id: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The older name of the last part of hub_model_id.",
    support: ofModelId,
  }) as Field<string | null>,
  push_to_hub_organization: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The older name of the first part of hub_model_id.",
    support: ofModelId,
  }) as Field<string | null>,
  push_to_hub_token: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The older name of hub_token; never written out.",
    support: { kind: "alias", of: "hub_token" },
  }) as Field<string | null>,
};
