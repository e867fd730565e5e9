/**
 * The arguments about uploading to a model hub.
 *
 * @module
 */
import { basename } from "@std/path";
import { z } from "zod";
import { type Alias, type Field, field, notBuilt, type Refused } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";

/** What is uploaded, and when. */
export type HubStrategy = "end" | "every_save" | "checkpoint" | "all_checkpoints";

const refused: Refused = {
  kind: "refused",
  reason: `uploading to a hub is ${notBuilt}`,
  instead: "leave it unset and upload output_dir after training",
};

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
    doc: "Whether the model is uploaded each time it is saved.",
    support: refused,
  }) as Field<boolean>,
  hub_model_id: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The repository to upload to; null means the name of output_dir.",
    support: refused,
  }) as Field<string | null>,
  hub_strategy: field({
    schema: z.enum(strategies),
    default: "every_save",
    doc: "What is uploaded, and when.",
    support: refused,
    upstreamError: upstreamEnum("HubStrategy", strategies),
  }) as Field<HubStrategy>,
  hub_token: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The key for uploading; never written out.",
    support: refused,
  }) as Field<string | null>,
  hub_private_repo: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether the repository is made private.",
    support: refused,
  }) as Field<boolean>,
  hub_always_push: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether a checkpoint is uploaded although the upload before it goes on.",
    support: refused,
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
