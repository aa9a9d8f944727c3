import { describe, expect, test } from "vitest";
import { connectionHeaders, HOP_BY_HOP } from "./hop-by-hop";

function left(headers: Record<string, string>): string[] {
  const all = new Headers(headers);
  for (const name of [...connectionHeaders(all), ...HOP_BY_HOP]) all.delete(name);
  return [...all.keys()];
}

describe("hop-by-hop headers", () => {
  test("are the connection's own, and none of the message's", () => {
    const headers = {
      Connection: "keep-alive",
      "Keep-Alive": "timeout=5",
      TE: "trailers",
      Trailer: "Expires",
      "Transfer-Encoding": "chunked",
      Upgrade: "h2c",
      "Proxy-Authorization": "Basic ZmFrZQ==",
      "Content-Type": "application/json",
      "X-Custom": "1",
    };
    expect(left(headers)).toEqual(["content-type", "x-custom"]);
  });

  test("are also those that Connection names, in any case and spacing", () => {
    expect(
      left({ connection: "close ,X-Trace,  x-secret", "x-trace": "1", "x-secret": "2", a: "3" }),
    ).toEqual(["a"]);
  });

  test("are not named by an option that is no header's name", () => {
    expect(left({ connection: ", ;, a b, x-one", "x-one": "1", ok: "1" })).toEqual(["ok"]);
  });
});
