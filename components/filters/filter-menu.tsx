"use client";

import { ChevronDown } from "lucide-react";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { selectTriggerClass } from "@/components/ui/select-trigger-class";

/** The values of a filter of which several may be chosen. Open from the start, because it is loaded to be opened. */
export function FilterMenu({
  label,
  isLoading,
  entries,
  values,
  isNot,
  shown,
  note,
  anyLabel,
  notLabel,
  onChange,
}: {
  readonly label: string;
  readonly isLoading: boolean;
  readonly entries: readonly { readonly value: string; readonly label: string }[];
  readonly values: readonly string[];
  readonly isNot: boolean;
  /** What is chosen, in words. */
  readonly shown: string;
  readonly note: string | undefined;
  readonly anyLabel: string;
  readonly notLabel: string;
  readonly onChange: (next: {
    readonly values: readonly string[];
    readonly isNot: boolean;
  }) => void;
}) {
  const toggled = (value: string) =>
    values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger
        aria-label={`${label}: ${shown}`}
        aria-busy={isLoading}
        data-size="default"
        className={selectTriggerClass}
      >
        <span className="truncate">{shown}</span>
        <ChevronDown aria-hidden className="size-4 opacity-50" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="max-h-80 overflow-y-auto">
        <DropdownMenuItem onSelect={() => onChange({ values: [], isNot: false })}>
          {anyLabel}
        </DropdownMenuItem>
        {values.length > 0 && (
          <DropdownMenuCheckboxItem
            checked={isNot}
            onCheckedChange={(checked) => onChange({ values, isNot: checked === true })}
            // The menu stays open: more may be chosen.
            onSelect={(event) => event.preventDefault()}
          >
            {notLabel}
          </DropdownMenuCheckboxItem>
        )}
        <DropdownMenuSeparator />
        {entries.map((entry) => (
          <DropdownMenuCheckboxItem
            key={entry.value}
            checked={values.includes(entry.value)}
            onCheckedChange={() => onChange({ values: toggled(entry.value), isNot })}
            onSelect={(event) => event.preventDefault()}
          >
            {entry.label}
          </DropdownMenuCheckboxItem>
        ))}
        {note !== undefined && (
          <p className="text-muted-foreground max-w-64 px-2 py-1.5 text-xs">{note}</p>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
