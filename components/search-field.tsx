"use client";

import { Search } from "lucide-react";
import { debounce, parseAsString, useQueryState } from "nuqs";
import { useTransition } from "react";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/utils";

const PAUSE_MS = 250;

/** Searches through `?q=` (or `name`) once typing pauses; the page reads it and returns to its first page. */
export function SearchField({
  label,
  name = "q",
  className,
}: {
  /** Placeholder and accessible name: `Search keys`. */
  readonly label: string;
  readonly name?: string;
  readonly className?: string;
}) {
  const [isLoading, startTransition] = useTransition();
  const [text, setText] = useQueryState(
    name,
    parseAsString.withDefault("").withOptions({ shallow: false, startTransition }),
  );
  const [page, setPage] = useQueryState("page");
  return (
    <div className={cn("relative w-full sm:w-64", className)}>
      <Search
        aria-hidden
        className="text-muted-foreground pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2"
      />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        aria-busy={isLoading}
        value={text}
        maxLength={200}
        className="pl-8"
        onChange={(event) => {
          const { value } = event.target;
          // Together with the search: a separate URL change right afterwards makes Next drop the response it waits for.
          if (page !== null) setPage(null);
          setText(value || null, value === "" ? {} : { limitUrlUpdates: debounce(PAUSE_MS) });
        }}
      />
    </div>
  );
}
