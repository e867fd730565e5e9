/**
 * Sending files to a repository as one commit.
 *
 * @module
 */
import { OutputError } from "../errors.ts";
import { FileBlob } from "./file_blob.ts";
import { hubFetch } from "./hub_fetch.ts";
import { failureText, isPassing, statusOf } from "./hub_failure.ts";
import type { HubSettings } from "./hub_settings.ts";

/** A file to send. */
export interface UploadFile {
  /** Its path in the repository. */
  readonly path: string;
  /** Where it lies; it must stay as it is until it is sent. */
  readonly source: string;
}

/** What is sent, and where to. */
export interface Upload {
  /** The hub, and who sends. */
  readonly settings: HubSettings;
  /** The repository, `org/name`. */
  readonly repository: string;
  /** What the commit is called. */
  readonly title: string;
  /** The files; others of the repository stay. */
  readonly files: readonly UploadFile[];
}

/** Attempts before it is given up. */
const ATTEMPTS = 5;

/** The pause after the first attempt, for a timeout of 10 s; each later one is twice as long. Unit: ms. */
const PAUSE = 1000;

/**
 * Sends files. Where the network or the hub fails it tries again; large files that have arrived are not
 * sent again, by a later attempt or a later upload, since the hub knows them by their hashes.
 *
 * @param upload What is sent, and where to.
 * @returns The address of the commit.
 * @throws {OutputError} If it cannot be sent; the token is not in the text.
 */
export async function uploadFiles(upload: Upload): Promise<string> {
  const { settings, repository, title } = upload;
  for (let attempt = 1;; attempt++) {
    try {
      return await commitOnce(upload);
    } catch (error) {
      // Somebody else's commit came in between.
      const collided = [409, 412].includes(statusOf(error) ?? 0);
      if ((collided || isPassing(error)) && attempt < ATTEMPTS) {
        const pause = PAUSE * settings.timeout / 10 * 2 ** (attempt - 1);
        await new Promise((resolve) => setTimeout(resolve, pause));
        continue;
      }
      throw new OutputError(
        `Cannot upload "${title}" to ${repository}: ${failureText(error, settings)}`,
      );
    }
  }
}

async function commitOnce({ settings, repository, title, files }: Upload): Promise<string> {
  const { commit } = await import("@huggingface/hub");
  const operations = await Promise.all(files.map(async ({ path, source }) => ({
    operation: "addOrUpdate" as const,
    path,
    content: await FileBlob.open(source),
  })));
  const output = await commit({
    repo: repository,
    title,
    operations,
    hubUrl: settings.endpoint,
    fetch: hubFetch(settings),
    // Git LFS is what every hub speaks.
    useXet: false,
  });
  return output?.commit.url ?? `${settings.endpoint}/${repository}`;
}
