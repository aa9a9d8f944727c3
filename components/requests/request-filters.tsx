"use client";

import { X } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import { FilterBar } from "@/components/filters/filter-bar";
import { FilterDate } from "@/components/filters/filter-date";
import { FilterMany } from "@/components/filters/filter-many";
import { FilterSelect } from "@/components/filters/filter-select";
import { momentOf } from "@/components/requests/requests-href";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import type { RequestChoices } from "@/lib/manage/usage/list-request-choices";
import { OUTCOMES } from "@/lib/usage/types";

const SLOW_SECONDS = ["2", "10", "30"];
const STATUSES = ["200", "400", "401", "403", "404", "429", "499", "500", "502", "503", "504"];

const MOMENT = { dateStyle: "medium", timeStyle: "short" } as const;

const everything = {
  q: parseAsString,
  provider: parseAsString,
  model: parseAsString,
  key: parseAsString,
  token: parseAsString,
  user: parseAsString,
  group: parseAsString,
  outcome: parseAsString,
  status: parseAsString,
  slow: parseAsString,
  retried: parseAsString,
  tags: parseAsString,
  from: parseAsString,
  to: parseAsString,
  since: parseAsString,
  until: parseAsString,
  page: parseAsString,
};

/** Those behind the button on a phone. */
const FIELDS = [
  "outcome",
  "provider",
  "model",
  "token",
  "user",
  "status",
  "slow",
  "retried",
  "tags",
  "from",
  "to",
] as const;

/** The log's filters, all of them in the URL. */
export function RequestFilters({
  choices: { providers, tokens, hasMoreTokens, members, key, group },
  isAdminView,
}: {
  readonly choices: RequestChoices;
  /** Everyone's requests are shown: they can be filtered by member. */
  readonly isAdminView: boolean;
}) {
  const t = useTranslations("requests");
  const format = useFormatter();
  const [chosen, setChosen] = useQueryStates(everything, { shallow: false });
  const { page: _, ...narrowing } = chosen;
  const isNarrowed = Object.values(narrowing).some((value) => value !== null);
  const [sinceMs, untilMs] = [
    momentOf(chosen.since ?? undefined),
    momentOf(chosen.until ?? undefined),
  ];
  const words = { not: (names: string) => t("not", { names }), allBut: t("allBut") };
  const toOptions = (list: readonly { readonly id: string; readonly name: string }[]) =>
    list.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FilterBar
      lead={<SearchField label={t("search")} className="sm:w-60" />}
      count={FIELDS.filter((name) => chosen[name] !== null).length}
      chips={
        <>
          {(sinceMs !== null || untilMs !== null) && (
            <Button
              variant="secondary"
              size="sm"
              onClick={() => setChosen({ since: null, until: null, page: null })}
            >
              {sinceMs === null || untilMs === null
                ? t(sinceMs === null ? "untilTime" : "sinceTime", {
                    time: format.dateTime(sinceMs ?? untilMs ?? 0, MOMENT),
                  })
                : format.dateTimeRange(sinceMs, untilMs, MOMENT)}
              <X aria-hidden />
              <span className="sr-only">{t("removeFilter")}</span>
            </Button>
          )}
          {key !== null && (
            <Button
              variant="secondary"
              size="sm"
              onClick={() => setChosen({ key: null, page: null })}
            >
              {t("ofKey", { name: key.name })}
              <X aria-hidden />
              <span className="sr-only">{t("removeFilter")}</span>
            </Button>
          )}
          {group !== null && (
            <Button
              variant="secondary"
              size="sm"
              onClick={() => setChosen({ group: null, page: null })}
            >
              {t("ofGroup", { name: group.name })}
              <X aria-hidden />
              <span className="sr-only">{t("removeFilter")}</span>
            </Button>
          )}
          {isNarrowed && (
            <Button variant="ghost" size="sm" onClick={() => setChosen(null)}>
              <X aria-hidden />
              {t("clear")}
            </Button>
          )}
        </>
      }
    >
      <FilterMany
        name="outcome"
        words={words}
        label={t("outcome")}
        anyLabel={t("anyOutcome")}
        options={OUTCOMES.map((value) => ({ value, label: t(`outcomes.${value}`) }))}
      />
      <FilterMany
        name="provider"
        words={words}
        label={t("provider")}
        anyLabel={t("anyProvider")}
        options={toOptions(providers)}
      />
      <SearchField name="model" label={t("model")} className="sm:w-44" />
      <FilterMany
        name="token"
        words={words}
        label={t("token")}
        anyLabel={t("anyToken")}
        options={toOptions(tokens)}
        note={hasMoreTokens ? t("tokensPart", { count: tokens.length }) : undefined}
      />
      {isAdminView && (
        <FilterMany
          name="user"
          words={words}
          label={t("member")}
          anyLabel={t("anyMember")}
          options={toOptions(members)}
        />
      )}
      <FilterMany
        name="status"
        words={words}
        label={t("status")}
        anyLabel={t("anyStatus")}
        options={STATUSES.map((value) => ({ value, label: value }))}
      />
      <FilterSelect
        name="slow"
        label={t("duration")}
        anyLabel={t("anyDuration")}
        options={SLOW_SECONDS.map((value) => ({
          value,
          label: t("slowerThan", { seconds: Number(value) }),
        }))}
      />
      <FilterSelect
        name="retried"
        label={t("attempts")}
        anyLabel={t("anyAttempts")}
        options={[{ value: "true", label: t("retried") }]}
      />
      <SearchField name="tags" label={t("tagsFilter")} className="sm:w-44" />
      <FilterDate name="from" label={t("from")} />
      <FilterDate name="to" label={t("to")} />
    </FilterBar>
  );
}
