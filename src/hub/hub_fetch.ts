/**
 * Requests to the hub.
 *
 * @module
 */
import { VERSION } from "../version.ts";
import type { HubSettings } from "./hub_settings.ts";

/** How much longer than for reading the answer may take to what is sent, once all of it is sent. */
const SENDING = 6;

/** The slowest connection that is waited for. Unit: bytes a second. */
const SLOWEST = 20_000;

/**
 * Makes a `fetch` for `@huggingface/hub`. The key goes to the hub itself alone, never to where files
 * lie or are sent to. The package would refuse keys that do not begin as those of the public hub do, so
 * that it is given none. A request fails where no answer begins in time; what is sent has six times as
 * long, and what its body takes at 20 kB a second.
 *
 * @param settings Where the hub is, who asks, and how long it may be silent.
 * @returns The function.
 */
export function hubFetch(
  { endpoint, token, timeout }: Pick<HubSettings, "endpoint" | "token" | "timeout">,
): typeof fetch {
  const { origin } = new URL(endpoint);
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init.headers);
    headers.delete("authorization");
    headers.set("user-agent", `sentrain/${VERSION}`);
    if (token !== null && new URL(url).origin === origin) {
      headers.set("authorization", `Bearer ${token}`);
    }
    const isRead = (init.method ?? "GET") === "GET";
    const seconds = isRead ? timeout : timeout * SENDING + lengthOf(init.body) / SLOWEST;
    const send = (signal: AbortSignal) => fetch(url, { ...init, headers, signal });
    return await withTimeout(send, seconds, init.signal);
  };
}

function lengthOf(body: BodyInit | null | undefined): number {
  return body instanceof Blob ? body.size : typeof body === "string" ? body.length : 0;
}

/** Stops a request whose answer does not begin; its body may take longer. */
async function withTimeout(
  request: (signal: AbortSignal) => Promise<Response>,
  seconds: number,
  outer?: AbortSignal | null,
): Promise<Response> {
  const controller = new AbortController();
  const reason = new DOMException(
    `no answer within ${Number(seconds.toFixed(2))} s`,
    "TimeoutError",
  );
  const timer = setTimeout(() => controller.abort(reason), seconds * 1000);
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  try {
    return await request(signal);
  } finally {
    clearTimeout(timer);
  }
}
