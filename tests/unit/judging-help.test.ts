/** The help's short table of meanings has the code's times, in both languages. */
import { expect, test } from "vitest";
import { USUAL } from "../../lib/providers/answers/judge-answer.ts";
import { UNEXPLAINED_COOLDOWN } from "../../lib/providers/answers/unexplained-cooldown.ts";
import en from "../../messages/en/help.json" with { type: "json" };
import zh from "../../messages/zh/help.json" with { type: "json" };

const UNITS = [
  [3_600_000, "hour", "小时"],
  [60_000, "minute", "分钟"],
] as const;

/** Daily quotas renew at midnight. */
const timed = Object.entries(USUAL).flatMap(([meaning, { effect, cooldownMs }]) =>
  effect === "cool" && meaning !== "rate_limit_day" ? [[meaning, cooldownMs] as const] : [],
);

test.each([...timed, ["rate_limit_minute", UNEXPLAINED_COOLDOWN.firstMs] as const])(
  "%s, %i ms",
  (meaning, restMs) => {
    const [ms, unit, chinese] = UNITS.find(([size]) => restMs % size === 0) ?? [
      1_000,
      "second",
      "秒",
    ];
    const count = restMs / ms;
    const effectIn = ({ judging: { meanings } }: { judging: { meanings: object } }) =>
      JSON.stringify(Object.entries(meanings).find(([name]) => name === meaning)?.[1]);
    expect(effectIn(en)).toContain(`${count} ${unit}${count === 1 ? "" : "s"}`);
    expect(effectIn(zh)).toContain(`${count} ${chinese}`);
  },
);
