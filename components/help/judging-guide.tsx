import { Minus } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { type KeyState, keyStateLooks } from "@/components/key-state";
import type { Meaning } from "@/lib/providers/types";
import { cn } from "@/lib/utils";

/** The key's state after each meaning of a response; null if unchanged. */
const OUTCOMES: Readonly<Record<Exclude<Meaning, "ok">, KeyState | null>> = {
  rate_limit_minute: "cooling",
  rate_limit_day: "cooling",
  out_of_credit: "cooling",
  key_invalid: "blocked",
  key_blocked: "blocked",
  key_doubtful: "cooling",
  model_denied: "cooling",
  region_denied: null,
  foreign_reasoning: null,
  overloaded: null,
  server_error: null,
  gateway_limit: null,
  client_error: null,
};

const UNCHANGED = { icon: Minus, text: "text-muted-foreground" };

function isMeaning(name: string): name is keyof typeof OUTCOMES {
  return name in OUTCOMES;
}

/** What happens to a key, by the provider's response. */
export async function JudgingGuide() {
  const t = await getTranslations("help.judging");
  const common = await getTranslations("common");
  return (
    <dl className="divide-y rounded-lg border">
      {Object.keys(OUTCOMES)
        .filter(isMeaning)
        .map((meaning) => {
          const state = OUTCOMES[meaning];
          const { icon: Icon, text } = state ? keyStateLooks[state] : UNCHANGED;
          return (
            <div key={meaning} className="grid gap-x-6 gap-y-1 p-4 sm:grid-cols-[14rem_1fr]">
              <dt>
                <span className="font-medium">{t(`meanings.${meaning}.name`)}</span>
                <code className="text-muted-foreground block font-mono text-xs">{meaning}</code>
              </dt>
              <dd className="flex items-start gap-2">
                <Icon aria-hidden className={cn("mt-0.5 size-3.5 shrink-0", text)} />
                <p>
                  <span className={text}>{state ? common(`state.${state}`) : t("unchanged")}</span>
                  <span className="text-muted-foreground">
                    {" · "}
                    {t(`meanings.${meaning}.effect`)}
                  </span>
                </p>
              </dd>
            </div>
          );
        })}
    </dl>
  );
}
