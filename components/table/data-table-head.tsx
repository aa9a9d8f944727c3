import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { TableHead } from "@/components/ui/table";
import { cn } from "@/lib/utils";

const ICONS = { asc: ArrowUp, desc: ArrowDown, none: ChevronsUpDown };

/** A column's header; a button if it sorts. */
export function DataTableHead({
  sort,
  onSort,
  isRight,
  className: ownClassName,
  children,
}: {
  readonly sort: "asc" | "desc" | false;
  readonly onSort: (() => void) | undefined;
  readonly isRight: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  const className = cn("first:pl-4 last:pr-4", isRight && "text-right", ownClassName);
  if (onSort === undefined) return <TableHead className={className}>{children}</TableHead>;
  const Icon = ICONS[sort || "none"];
  return (
    <TableHead
      className={className}
      aria-sort={sort === "asc" ? "ascending" : sort === "desc" ? "descending" : "none"}
    >
      <button
        type="button"
        onClick={onSort}
        className="hover:text-foreground focus-visible:ring-ring/50 inline-flex items-center gap-1 rounded-sm outline-none focus-visible:ring-[3px]"
      >
        {children}
        <Icon aria-hidden className={cn("size-3.5", !sort && "opacity-50")} />
      </button>
    </TableHead>
  );
}
