"use client";

import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";

/** Fields that most tokens leave unchanged. */
export function Folded({
  title,
  note,
  isOpen,
  children,
}: {
  readonly title: string;
  /** What applies while nothing is set. */
  readonly note: string;
  /** Initially. */
  readonly isOpen: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Collapsible defaultOpen={isOpen}>
      <CollapsibleTrigger className="group focus-visible:ring-ring/50 flex items-center gap-1.5 rounded-sm text-sm font-medium outline-none focus-visible:ring-[3px]">
        <ChevronRight
          aria-hidden
          className="size-4 transition-transform group-data-[state=open]:rotate-90"
        />
        {title} <span className="text-muted-foreground font-normal">{note}</span>
      </CollapsibleTrigger>
      <CollapsibleContent className="pt-4">{children}</CollapsibleContent>
    </Collapsible>
  );
}
