import { expect, test } from "vitest";
import { FairShare } from "./fair-share";

const T0 = 1_000_000_000;
/** A request a second. */
const PER_MS = 1 / 1_000;

const claim = (tokenId: string, priority = 0, weight = 1) => ({ tokenId, priority, weight });

/** For two minutes a token requests at this rate per second; it is served what it may have. */
function play(
  share: FairShare,
  wishes: readonly { readonly claim: ReturnType<typeof claim>; readonly perSecond: number }[],
): Map<string, number> {
  const served = new Map<string, number>();
  for (let tick = 0; tick < 1_200; tick += 1) {
    const nowMs = T0 + tick * 100;
    for (const wish of wishes) {
      if (tick % Math.round(10 / wish.perSecond) !== 0) continue;
      share.want(wish.claim, nowMs);
      if (share.isContended(PER_MS, nowMs) && share.readyAtMs(wish.claim, PER_MS, nowMs) > nowMs) {
        continue;
      }
      share.served(wish.claim, nowMs);
      const { tokenId } = wish.claim;
      served.set(tokenId, (served.get(tokenId) ?? 0) + 1);
    }
  }
  return served;
}

test("a busy token leaves the others what they want, up to their fair share", () => {
  const served = play(new FairShare(), [
    { claim: claim("busy"), perSecond: 5 },
    { claim: claim("quiet"), perSecond: 0.4 },
  ]);
  expect(served.get("quiet")).toBe(48);
  expect(served.get("busy")).toBeGreaterThan(50);
  expect(served.get("busy")).toBeLessThan(110);
});

test("shares of tokens that all want more are in proportion to weight", () => {
  const served = play(new FairShare(), [
    { claim: claim("three", 0, 3), perSecond: 5 },
    { claim: claim("one", 0, 1), perSecond: 5 },
  ]);
  const ratio = (served.get("three") ?? 0) / (served.get("one") ?? 1);
  expect(ratio).toBeGreaterThan(2.2);
  expect(ratio).toBeLessThan(3.8);
});

test("a more urgent class takes what it wants, more than its fair share too", () => {
  const served = play(new FairShare(), [
    { claim: claim("batch", 1), perSecond: 5 },
    { claim: claim("quiet batch", 1), perSecond: 0.1 },
    { claim: claim("interactive", 0), perSecond: 1 },
  ]);
  expect(served.get("interactive")).toBe(120);
  expect(served.get("batch")).toBeLessThan(25);
});

test("what no one else wants is available to one", () => {
  const share = new FairShare();
  const served = play(share, [{ claim: claim("alone"), perSecond: 1 }]);
  expect(served.get("alone")).toBe(120);
  expect(share.hasRivals).toBe(false);
});
