import { describe, expect, test } from "vitest";
import { removeHopByHop } from "./hop-by-hop";

function left(headers: Record<string, string>): string[] {
  const all = new Headers(headers);
  removeHopByHop(all);
  return [...all.keys()];
}

describe("removeHopByHop", () => {
  test("removes the connection's own headers and keeps the message's", () => {
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

  test("removes what Connection names, in any case and spacing", () => {
    expect(
      left({ connection: "close ,X-Trace,  x-secret", "x-trace": "1", "x-secret": "2", a: "3" }),
    ).toEqual(["a"]);
  });

  test("takes an option that is no header name for nothing", () => {
    expect(left({ connection: ", ;, a b, x-one", "x-one": "1", ok: "1" })).toEqual(["ok"]);
  });
});
