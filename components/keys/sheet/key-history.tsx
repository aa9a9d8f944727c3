"use client";

import { useFormatter, useTranslations } from "next-intl";
import { HistoryDays } from "@/components/history/history-days";
import type { Messages } from "@/i18n/messages";
import type { KeyHistoryEntry } from "@/lib/manage/keys/read-provider-key";
import { changedFields } from "../changed-fields";
import { useKeyGroups } from "../groups/key-groups";
import { useMeaning, useModelName } from "../use-meaning";

/** What happened to a key, and who did what to it. */
export function KeyHistory({ history }: { readonly history: readonly KeyHistoryEntry[] }) {
  const t = useTranslations("keys.detail");
  return (
    <section className="space-y-3">
      <h3 className="font-medium">{t("history")}</h3>
      {history.length === 0 ? (
        <p className="text-muted-foreground">{t("noHistory")}</p>
      ) : (
        <HistoryDays
          entries={history.map((entry) => ({
            ...entry,
            who: entry.by === "event" ? null : entry.actor,
            alike: alikeOf(entry),
          }))}
          render={(entry) =>
            entry.by === "event" ? <Happened entry={entry} /> : <Done entry={entry} />
          }
        />
      )}
    </section>
  );
}

/** The same event for the same reason, however often; changes by persons are told apart. */
function alikeOf(entry: KeyHistoryEntry): string {
  if (entry.by === "person") return entry.id;
  const { kind, model, evidence } = entry;
  return JSON.stringify([kind, model, evidence?.meaning, evidence?.words]);
}

function Happened({ entry }: { readonly entry: KeyHistoryEntry & { readonly by: "event" } }) {
  const t = useTranslations("keys.history");
  const format = useFormatter();
  const meaning = useMeaning();
  const modelName = useModelName();
  const { kind, model, untilMs, evidence } = entry;
  const reason = evidence && meaning(evidence.meaning);
  return (
    <>
      <p>
        {kind === "cooled" && untilMs !== null
          ? t("cooled", {
              time: format.dateTime(untilMs, { dateStyle: "short", timeStyle: "short" }),
            })
          : t(KIND_MESSAGES[kind])}
      </p>
      <p className="text-muted-foreground text-xs break-words">
        {[kind === "cooled" && model !== null && modelName(model), reason, evidence?.words]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </>
  );
}

/** Kinds of events as text; a cooldown without an end is shown as a block. */
const KIND_MESSAGES = {
  cooled: "blocked",
  blocked: "blocked",
  reset: "blocked",
  checked: "checked",
  suspected: "suspected",
  cleared: "cleared",
} as const satisfies Record<
  (KeyHistoryEntry & { by: "event" })["kind"],
  keyof Messages["keys"]["history"]
>;

type HistoryMessage = keyof Messages["keys"]["history"];

const ACTIONS: ReadonlySet<string> = new Set<HistoryMessage>([
  "add",
  "delete",
  "disable",
  "enable",
  "end-cooldowns",
  "fill",
  "import",
  "reset",
  "set",
  "unblock",
  "undo-disable",
  "undo-enable",
  "undo-set",
  "update",
]);

function Done({ entry }: { readonly entry: KeyHistoryEntry & { readonly by: "person" } }) {
  const t = useTranslations("keys.history");
  const tField = useTranslations("keys.field");
  const groups = useKeyGroups();
  const groupName = (id: string) => groups.find((group) => group.id === id)?.name ?? id;
  const { actor, before, after, count } = entry;
  const action = entry.action.replace("provider-key.", "");
  const details = [
    count > 1 && t("with", { count: count - 1 }),
    ...changedFields(before, after, groupName).map(({ field, from, to }) =>
      t("change", { field: tField(field), before: from, after: to }),
    ),
  ].filter(Boolean);
  return (
    <>
      <p className="break-words">
        {isKnown(action) ? t(action, { actor }) : t("other", { actor, action })}
      </p>
      {details.length > 0 && (
        <p className="text-muted-foreground text-xs break-words">{details.join(" · ")}</p>
      )}
    </>
  );
}

type Action = Exclude<
  HistoryMessage,
  "blocked" | "change" | "checked" | "cleared" | "cooled" | "other" | "suspected" | "with"
>;

function isKnown(action: string): action is Action {
  return ACTIONS.has(action);
}
