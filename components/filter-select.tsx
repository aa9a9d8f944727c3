"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useTransition } from "react";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";

/** Radix reserves the empty string for "nothing chosen". */
const ANY = "any";

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
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** A note at the end of an incomplete list. */
  readonly note?: string | undefined;
}) {
  const [isLoading, startTransition] = useTransition();
  const [value, setValue] = useQueryState(
    name,
    parseAsString.withDefault(ANY).withOptions({ shallow: false, startTransition }),
  );
  const [, setPage] = useQueryState("page");
  return (
    <Select
      value={value}
      onValueChange={(chosen) => {
        setValue(chosen === ANY ? null : chosen);
        setPage(null);
      }}
    >
      <SelectTrigger aria-label={label} aria-busy={isLoading}>
        {/* Named here, because the list from which Radix would read it isn't rendered on the server. */}
        <SelectValue>
          {options.find((option) => option.value === value)?.label ??
            (value === ANY ? anyLabel : value)}
        </SelectValue>
      </SelectTrigger>
      <SelectContent>
        <SelectItem value={ANY}>{anyLabel}</SelectItem>
        {options.map((option) => (
          <SelectItem key={option.value} value={option.value}>
            {option.label}
          </SelectItem>
        ))}
        {note !== undefined && (
          <p className="text-muted-foreground max-w-64 px-2 py-1.5 text-xs">{note}</p>
        )}
      </SelectContent>
    </Select>
  );
}
