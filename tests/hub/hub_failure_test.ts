import { assertEquals, assertMatch } from "@std/assert";
import { HubApiError } from "@huggingface/hub";
import { failureText, isPassing, statusOf, withoutSecrets } from "../../src/hub/hub_failure.ts";

const api = (status: number) =>
  new HubApiError("http://localhost/y", status, undefined, "the reason");
const asked = (token: string | null) => ({ endpoint: "http://localhost", token });

Deno.test("statusOf() reads the package's errors", () => {
  assertEquals([api(404), new Error("x"), null, undefined, "x"].map(statusOf), [
    404,
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("isPassing() tells what may succeed later", () => {
  const passing = [408, 429, 500, 503].map(api);
  const lasting = [400, 401, 403, 404, 409].map(api);
  const broken = [
    new TypeError("error sending request"),
    new DOMException("x", "TimeoutError"),
    new DOMException("x", "AbortError"),
    new Deno.errors.ConnectionReset("x"),
  ];
  const others = [new Error("x"), new DOMException("x", "DataError"), new Deno.errors.NotFound()];
  assertEquals([...passing, ...broken].map(isPassing), Array(8).fill(true));
  assertEquals([...lasting, ...others].map(isPassing), Array(8).fill(false));
});

Deno.test("failureText() says what to do", () => {
  const cases: [unknown, string | null, RegExp][] = [
    [
      api(401),
      null,
      /^http:\/\/localhost answered 401 \(the reason\); .*a private .* set HF_TOKEN$/,
    ],
    [api(404), "hf_a", /^http:\/\/localhost answered 404 .*whether the token is valid/],
    [api(403), "hf_a", /accept the terms/],
    [api(503), null, /answered 503 \(the reason\); try again later$/],
    [api(400), null, /answered 400 \(the reason\)$/],
    [
      new TypeError("no route"),
      null,
      /^http:\/\/localhost cannot be reached \(no route\); check the network/,
    ],
    [new Error("else"), null, /^else$/],
    ["text", null, /^text$/],
  ];
  for (const [error, token, wanted] of cases) assertMatch(failureText(error, asked(token)), wanted);
});

Deno.test("withoutSecrets() hides the token, wherever it is, and the keys of addresses", () => {
  const text =
    "PUT https://localhost/a/b?X-Signature=abc&x=hf_key failed (http://localhost/?q): hf_keyhf_key\n at hf_k";
  assertEquals(
    withoutSecrets(text, "hf_key"),
    "PUT https://localhost/a/b failed (http://localhost/): <HUB_TOKEN><HUB_TOKEN> at hf_k",
  );
  assertEquals(withoutSecrets("why? http://localhost", null), "why? http://localhost");
});
