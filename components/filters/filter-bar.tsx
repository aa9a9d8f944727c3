"use client";

import { SlidersHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/utils";

/** A list's filters: in a row if there is room, otherwise behind one button. */
export function FilterBar({
  lead,
  count,
  children,
  chips,
}: {
  /** Always visible, before the button: the search. */
  readonly lead?: ReactNode;
  /** How many of the filters in `children` are set. */
  readonly count: number;
  readonly children: ReactNode;
  /** Always visible, at the end: filters without a field, and the button that clears all. */
  readonly chips?: ReactNode;
}) {
  const t = useTranslations("common");
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  return (
    <search className="@container mb-4">
      <div className="flex flex-wrap items-center gap-2">
        {lead !== undefined && <div className="min-w-0 @max-2xl:flex-1">{lead}</div>}
        <Button
          variant="outline"
          className="@2xl:hidden"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen(!isOpen)}
        >
          <SlidersHorizontal aria-hidden />
          {t("filters", { count })}
        </Button>
        <div
          id={id}
          className={cn(
            "grid w-full grid-cols-2 gap-2 *:w-full @md:grid-cols-3 @2xl:contents @2xl:*:w-auto",
            !isOpen && "@max-2xl:hidden",
          )}
        >
          {children}
        </div>
        {chips}
      </div>
    </search>
  );
}
