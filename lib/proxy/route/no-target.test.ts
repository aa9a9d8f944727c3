import { describe, expect, test } from "vitest";
import { ProxyError } from "../proxy-error";
import { noFittingTarget, noTargetServed } from "./no-target";

const target = (provider: string) => ({ provider, model: "m", weight: 1, capabilities: [] });

const exhausted = (retryAfterMs: number) =>
  new ProxyError("pool_exhausted", "At its limit.", { retryAfterMs, limitSource: "pool" });
const noKeys = new ProxyError("no_provider_keys", "No key.");
const unreachable = new ProxyError("upstream_unreachable", "Not reached.");

describe("what is said when no target served", () => {
  const said = (...errors: ProxyError[]) =>
    noTargetServed(
      "fast",
      errors.map((error, index) => ({ target: target(`p${index}`), error })),
    );

  test("the first to be back tells when, whatever its place", () => {
    const error = said(exhausted(60_000), exhausted(5_000), noKeys);
    expect(error).toMatchObject({
      code: "pool_exhausted",
      retryAfterMs: 5_000,
      limitSource: "pool",
    });
    expect(error.message).toBe(
      'No target of "fast" could serve. p0/m: At its limit. p1/m: At its limit. p2/m: No key.',
    );
  });

  test("a target that may be back any moment decides before one that rests", () => {
    expect(said(unreachable, exhausted(5_000))).toMatchObject({
      code: "upstream_unreachable",
      retryAfterMs: null,
    });
  });

  test("no keys anywhere", () => {
    expect(said(noKeys, noKeys)).toMatchObject({ code: "no_provider_keys", status: 503 });
  });
});

describe("what is said when no target fits", () => {
  test("403 where the token alone is in the way", () => {
    const error = noFittingTarget("fast", [
      { target: target("p0"), reason: "not_allowed" },
      { target: target("p1"), reason: "other_api" },
    ]);
    expect(error).toMatchObject({ code: "access_denied", status: 403 });
  });

  test("else each target's reason", () => {
    const error = noFittingTarget("fast", [
      { target: target("p0"), reason: "too_expensive" },
      { target: target("p1"), reason: "other_api" },
    ]);
    expect(error).toMatchObject({ code: "no_route_target", status: 400 });
    expect(error.message).toContain("p0/m costs more than the alias allows; p1/m does not speak");
  });
});
