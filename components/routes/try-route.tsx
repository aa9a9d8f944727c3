"use client";

import { Send, Square } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsArrayOf, parseAsString, parseAsStringEnum, useQueryStates } from "nuqs";
import { useId, useTransition } from "react";
import { FilterSelect } from "@/components/filters/filter-select";
import type { AliasChoice } from "@/components/playground/alias-choice";
import { ModelPicker } from "@/components/playground/model-picker";
import { RunAnswer } from "@/components/playground/run-answer";
import { RunFacts } from "@/components/playground/run-facts";
import { useConversation } from "@/components/playground/use-conversation";
import { usePlaygroundToken } from "@/components/playground/use-playground-token";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";
import { CAPABILITIES } from "@/lib/models/model-alias";
import type { ExplainedRoute } from "@/lib/runtime/explain-route";
import { ExplainedTargets } from "./explained-targets";

/** Where a name would go now and why, and on request one short prompt through it. */
export function TryRoute({
  aliases,
  route,
  groups,
  maySend,
}: {
  readonly aliases: readonly AliasChoice[];
  /** For the name in the address; null if there is none, or for an unknown name. */
  readonly route: ExplainedRoute | null;
  /** As a member of which the name may be tried; without any, nothing asks. */
  readonly groups: readonly GroupChoice[];
  readonly maySend: boolean;
}) {
  const t = useTranslations("routes.try");
  const tCapability = useTranslations("routes.dialog.capabilities");
  const id = useId();
  const [isLooking, startTransition] = useTransition();
  const [{ try: name, needs }, setQuery] = useQueryStates(
    {
      try: parseAsString.withDefault(""),
      needs: parseAsArrayOf(parseAsStringEnum([...CAPABILITIES])).withDefault([]),
    },
    { shallow: false, startTransition },
  );
  return (
    <section aria-labelledby={`${id}-title`} className="mt-10 space-y-4">
      <div className="space-y-1">
        <h2 id={`${id}-title`} className="text-base font-medium">
          {t("title")}
        </h2>
        <p className="text-muted-foreground">{t("description")}</p>
      </div>
      <div className="flex flex-wrap items-start gap-x-8 gap-y-4">
        <div className="w-full space-y-2 sm:w-96">
          <Label htmlFor={`${id}-name`}>{t("name")}</Label>
          <ModelPicker
            id={`${id}-name`}
            model={name}
            aliases={aliases}
            onChange={(chosen) => void setQuery({ try: chosen })}
          />
        </div>
        {groups.length > 0 && (
          <div className="space-y-2">
            <p className="text-sm leading-none font-medium">{t("as")}</p>
            <FilterSelect
              name="as"
              label={t("as")}
              anyLabel={t("noGroup")}
              options={groups.map((group) => ({ value: group.id, label: group.name }))}
            />
          </div>
        )}
        <fieldset>
          <legend className="mb-2 text-sm leading-none font-medium">{t("needs")}</legend>
          <div className="flex min-h-9 flex-wrap items-center gap-x-5 gap-y-2">
            {CAPABILITIES.map((each) => (
              <Label key={each} className="font-normal">
                <Checkbox
                  checked={needs.includes(each)}
                  onCheckedChange={(isOn) =>
                    void setQuery({
                      needs: CAPABILITIES.filter((other) =>
                        other === each ? isOn === true : needs.includes(other),
                      ),
                    })
                  }
                />
                {tCapability(each)}
              </Label>
            ))}
          </div>
        </fieldset>
      </div>
      <div aria-live="polite" aria-busy={isLooking} className="space-y-4">
        {name !== "" && route === null && !isLooking && (
          <p className="text-muted-foreground rounded-lg border px-4 py-6">{t("unknown")}</p>
        )}
        {route !== null && route.name === name && (
          <>
            <ExplainedTargets route={route} />
            {maySend && <SendPrompt key={name} route={route} />}
          </>
        )}
      </div>
    </section>
  );
}

function SendPrompt({ route: { name, choice, targets } }: { readonly route: ExplainedRoute }) {
  const t = useTranslations("routes.try");
  const ownToken = usePlaygroundToken();
  const { turns, isAnswering: isRunning, send, stop } = useConversation(ownToken);
  const run = turns.at(-1)?.run ?? null;
  const settings = {
    model: name,
    targets: choice === null ? [] : targets.map(({ provider, model }) => `${provider}/${model}`),
    system: "",
    history: [],
    prompt: t("prompt"),
    images: [],
    tools: null,
    temperature: null,
    maxTokens: null,
  };
  return (
    <div className="space-y-3">
      {isRunning ? (
        <Button variant="outline" size="sm" onClick={stop}>
          <Square aria-hidden />
          {t("stop")}
        </Button>
      ) : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Button variant="outline" size="sm" onClick={() => void send(settings, "")}>
            <Send aria-hidden />
            {t("send")}
          </Button>
          <p className="text-muted-foreground text-xs">{t("sendHint", { prompt: t("prompt") })}</p>
        </div>
      )}
      {run !== null && (
        <div className="rounded-lg border">
          <div className="p-4">
            <RunAnswer run={run} />
          </div>
          <div className="border-t p-4">
            <RunFacts run={run} />
          </div>
        </div>
      )}
    </div>
  );
}
