"use client";

import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";

/** The values of a filter. Open from the start, because it is loaded to be opened. */
export function FilterList({
  label,
  isLoading,
  entries,
  value,
  shown,
  note,
  onChoose,
}: {
  readonly label: string;
  readonly isLoading: boolean;
  readonly entries: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  /** What is chosen, in words: it may be none of the entries. */
  readonly shown: string;
  readonly note: string | undefined;
  readonly onChoose: (value: string) => void;
}) {
  return (
    <Select defaultOpen value={value} onValueChange={onChoose}>
      <SelectTrigger aria-label={label} aria-busy={isLoading}>
        <SelectValue>{shown}</SelectValue>
      </SelectTrigger>
      <SelectContent>
        {entries.map((entry) => (
          <SelectItem key={entry.value} value={entry.value}>
            {entry.label}
          </SelectItem>
        ))}
        {note !== undefined && (
          <p className="text-muted-foreground max-w-64 px-2 py-1.5 text-xs">{note}</p>
        )}
      </SelectContent>
    </Select>
  );
}
