/**
 * A repository of the hub that models are sent to.
 *
 * @module
 */
import { WorkerClient } from "../data/worker_client.ts";
import { OutputError, UsageError } from "../errors.ts";
import { workersShareHost } from "../host/host.ts";
import { hubFetch } from "./hub_fetch.ts";
import { failureText, statusOf, withoutSecrets } from "./hub_failure.ts";
import { type HubSettings, hubSettings } from "./hub_settings.ts";
import { type Upload, type UploadFile, uploadFiles } from "./upload_files.ts";

/** Which repository, and who sends. */
export interface RepositoryOptions {
  /** Whether it is made private where it is made. Default: what its owner has set, mostly public. */
  readonly private?: boolean;
  /** The key. Default: that of the environment. */
  readonly token?: string | null;
}

/** A repository that is there. */
export class HubRepository {
  /** Its name, `org/name`. */
  readonly name: string;
  /** What the user should know. */
  readonly warnings: readonly string[];
  readonly #settings: HubSettings;

  private constructor(name: string, settings: HubSettings, warnings: readonly string[]) {
    this.name = name;
    this.#settings = settings;
    this.warnings = warnings;
  }

  /**
   * Makes a repository unless it is there.
   *
   * @param id Its name, `org/name`, or `name` among those of whom the token belongs to.
   * @param options Whether it is private, and who sends.
   * @returns The repository.
   * @throws {UsageError} If there is no token, the network must not be used, or the name has no sense.
   * @throws {OutputError} If it cannot be made.
   */
  static async open(id: string, options: RepositoryOptions = {}): Promise<HubRepository> {
    const settings = await hubSettings(options.token);
    check(id, settings);
    try {
      const name = await wholeName(id, settings);
      const isNew = await make(name, settings, options.private ?? false);
      const isOpen = options.private && !isNew && await isPublic(name, settings);
      const warning = `Repository ${name} was there before and is public: so is what is uploaded`;
      return new HubRepository(name, settings, isOpen ? [warning] : []);
    } catch (error) {
      throw new OutputError(
        `Cannot open repository ${id} for uploads: ${failureText(error, settings)}`,
        { cause: withoutSecrets(String(error), settings.token) },
      );
    }
  }

  /** Its address. */
  get url(): string {
    return `${this.#settings.endpoint}/${this.name}`;
  }

  /**
   * Sends files as one commit, in a thread of its own where that has the same files.
   *
   * @param title What the commit is called.
   * @param files The files; others of the repository stay. They must stay as they are until all is sent.
   * @returns The address of the commit.
   * @throws {OutputError} If it cannot be sent.
   */
  async upload(title: string, files: readonly UploadFile[]): Promise<string> {
    const upload = { settings: this.#settings, repository: this.name, title, files };
    if (!workersShareHost()) return await uploadFiles(upload);
    const url = new URL("./upload_worker.ts", import.meta.url);
    const client = new WorkerClient<Upload, string>(new Worker(url, { type: "module" }));
    try {
      return await client.request(upload);
    } finally {
      client.close(new TypeError("Cannot upload: it is over"));
    }
  }
}

function check(id: string, { token, offline }: HubSettings): void {
  if (token === null) {
    throw new UsageError(
      `Cannot open repository ${id} for uploads: there is no token; set HF_TOKEN, or give hub_token`,
    );
  }
  if (offline) {
    throw new UsageError(
      `Cannot open repository ${id} for uploads: HF_HUB_OFFLINE is set; unset it, or leave push_to_hub out`,
    );
  }
  if (!/^(?:[\w.-]+\/)?[\w.-]{1,96}$/.test(id)) {
    throw new UsageError(
      `Cannot open repository ${
        JSON.stringify(id)
      } for uploads: wanted org/name or name, of letters, digits, "-", "_" and "."; set hub_model_id`,
    );
  }
}

async function wholeName(id: string, settings: HubSettings): Promise<string> {
  if (id.includes("/")) return id;
  const { whoAmI } = await import("@huggingface/hub");
  const { name } = await whoAmI(hubOf(settings));
  return `${name}/${id}`;
}

/** Tells whether it was made: false where it was there. */
async function make(name: string, settings: HubSettings, isPrivate: boolean): Promise<boolean> {
  const { createRepo, repoExists } = await import("@huggingface/hub");
  const repo = { type: "model", name } as const;
  try {
    const visibility = isPrivate ? "private" : undefined;
    await createRepo({ repo, visibility, ...hubOf(settings) });
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === 409) return false;
    // A token for this one repository may not make any.
    if (status === 403 && await repoExists({ repo, ...hubOf(settings) })) return false;
    throw error;
  }
}

async function isPublic(name: string, settings: HubSettings): Promise<boolean> {
  const { modelInfo } = await import("@huggingface/hub");
  return !(await modelInfo({ name, ...hubOf(settings) })).private;
}

/** The key is in `fetch`; the types want one in either of two places, and the empty one is left out. */
function hubOf(settings: HubSettings) {
  return { hubUrl: settings.endpoint, fetch: hubFetch(settings), accessToken: "" };
}
