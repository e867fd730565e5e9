/**
 * Where the files of services go by default.
 *
 * @module
 */
import { join } from "@std/path";
import { hostName } from "./host_name.ts";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * The default of `logging_dir`: `runs/Jan31_23-59-59_HOST` in the output directory. Source:
 * `default_logdir` of transformers.
 *
 * @param outputDirectory the output directory
 * @param options when the run was made, and the name of the machine; now and here where not given
 * @returns the directory
 */
export function defaultLoggingDirectory(
  outputDirectory: string,
  { date = new Date(), host = hostName() }: { date?: Date; host?: string } = {},
): string {
  const digits = (value: number) => String(value).padStart(2, "0");
  const day = MONTHS[date.getMonth()] + digits(date.getDate());
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(digits).join("-");
  return join(outputDirectory, "runs", `${day}_${time}_${host}`);
}
