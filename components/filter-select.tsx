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

/** Radix keeps the empty string for "nothing chosen". */
const ANY = "any";

/** Narrows a list by one field of the URL; the first entry takes the filter away. */
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
  /** What the list lacks, said at its end. */
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
        {/* Named here, since the list that Radix would read it from is not rendered on the server. */}
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
