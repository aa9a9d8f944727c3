/** Ten groups with own and common keys, and 150 % of what the keys may be sent, in virtual time. */
import { expect, test } from "vitest";
import { type Line, lineOf } from "../../bench/lib/quota/scenarios.ts";
import { type Client, type Outcome, simulate } from "../../bench/lib/quota/simulate.ts";

const SEED = Number(process.env.SEED ?? 20);
const GROUPS = Array.from({ length: 10 }, (_, index) => `gr_${index}`);
const OWN_KEYS = GROUPS.length;
const COMMON_KEYS = 30;
const PER_MINUTE = 10;
const MINUTES = 6;
/** Until the quotas of the first minute are used up, more than their share is free for those who come first. */
const COUNTED_FROM_MS = 60_000;

/** Groups have one to five tokens, among which their demand is divided. */
const tokensOf = (group: number) => 1 + (group % 5);

function line(): Line {
  const clients = (perMs: number): readonly Client[] =>
    GROUPS.flatMap((id, group) => {
      const groupPerMs = (1.5 * perMs) / GROUPS.length;
      return Array.from({ length: tokensOf(group) }, (_, token) => ({
        tokenId: `at_${group}_${token}`,
        perMs: groupPerMs / tokensOf(group),
        group: { id, weight: 1, usesCommonKeys: true },
      }));
    });
  return lineOf(
    {
      name: "ten groups",
      keys: OWN_KEYS + COMMON_KEYS,
      limit: PER_MINUTE,
      limits: { rpm: PER_MINUTE, tpm: null, dailyRequests: null },
      rule: "sliding",
      load: 1.5,
      minutes: MINUTES,
      clients,
    },
    SEED,
  );
}

/** What each group gets, per counted minute. */
function servedPerMinute({ responses }: Outcome, { scenario }: Line): readonly number[] {
  const fromMs = scenario.startMs + COUNTED_FROM_MS;
  const toMs = scenario.startMs + scenario.durationMs;
  const isCounted = (atMs: number) => atMs > fromMs && atMs <= toMs;
  return GROUPS.map((_, group) => {
    const served = responses.filter(
      ({ tokenId, status, answeredMs }) =>
        tokenId.startsWith(`at_${group}_`) && status === 200 && isCounted(answeredMs),
    );
    return (served.length * 60_000) / (toMs - fromMs);
  });
}

test(`each of ten groups under 150 % load gets its share within 3 % (seed ${SEED})`, async () => {
  const played = line();
  const outcome = await simulate({
    ...played.scenario,
    groupsOf: (number) => (number < OWN_KEYS ? [GROUPS[number] ?? ""] : null),
  });
  const share = PER_MINUTE + (COMMON_KEYS * PER_MINUTE) / GROUPS.length;
  const off = servedPerMinute(outcome, played).map((count) => count / share - 1);
  expect(Math.max(...off.map(Math.abs)), `off by ${off}`).toBeLessThan(0.031);
});
