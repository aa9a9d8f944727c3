"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useId, useTransition } from "react";
import { Input } from "@/components/ui/input";

/** Filters a list by a day of the reader's calendar, `2026-11-22` in the URL. */
export function FilterDate({ name, label }: { readonly name: string; readonly label: string }) {
  const [isLoading, startTransition] = useTransition();
  const [day, setDay] = useQueryState(
    name,
    parseAsString.withDefault("").withOptions({ shallow: false, startTransition }),
  );
  const [, setPage] = useQueryState("page");
  const id = useId();
  return (
    <div className="flex items-center gap-2 max-sm:w-full">
      <label htmlFor={id} className="text-muted-foreground shrink-0 text-sm max-sm:w-10">
        {label}
      </label>
      <Input
        id={id}
        type="date"
        aria-busy={isLoading}
        value={day}
        className="sm:w-36"
        onChange={(event) => {
          setDay(event.target.value || null);
          setPage(null);
        }}
      />
    </div>
  );
}
