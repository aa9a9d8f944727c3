"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useTransition } from "react";
import { LateList } from "./late-list";

/** Radix reserves the empty string for "nothing chosen". */
const ANY = "any";

interface Option {
  readonly value: string;
  readonly label: string;
}

/** Filters a list by one field of the URL; the first entry removes the filter. */
export function FilterSelect({
  name,
  label,
  anyLabel,
  options,
  note,
}: {
  /** The search parameter. */
  readonly name: string;
  /** Accessible name: `State`. */
  readonly label: string;
  /** `Any state` */
  readonly anyLabel: string;
  readonly options: readonly Option[];
  /** A note at the end of an incomplete list. */
  readonly note?: string | undefined;
}) {
  const [isLoading, startTransition] = useTransition();
  const [value, setValue] = useQueryState(
    name,
    parseAsString.withDefault(ANY).withOptions({ shallow: false, startTransition }),
  );
  const [, setPage] = useQueryState("page");
  const entries = [{ value: ANY, label: anyLabel }, ...options];
  const shown = entries.find((entry) => entry.value === value)?.label ?? value;
  return (
    <LateList
      label={label}
      isLoading={isLoading}
      entries={entries}
      value={value}
      shown={shown}
      note={note}
      onChoose={(chosen) => {
        setValue(chosen === ANY ? null : chosen);
        setPage(null);
      }}
    />
  );
}
