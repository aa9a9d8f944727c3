import type { ReactNode } from "react";
import { Link } from "@/components/link";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { cn } from "@/lib/utils";

/** There is no room for it on a phone, nor where two tables stand side by side. */
const WHERE_ROOM = "hidden @md:table-cell";

/** Names with their figures, in the order of the headings. */
export function UsageTable({
  label,
  nameLabel,
  figures,
  children,
}: {
  readonly label: string;
  /** Heading of the names. */
  readonly nameLabel: string;
  readonly figures: readonly {
    readonly label: string;
    /** Its cells are `isExtra` too. */
    readonly isExtra?: boolean;
  }[];
  /** A row each. */
  readonly children: ReactNode;
}) {
  return (
    <div className="@container overflow-hidden rounded-lg border">
      <Table aria-label={label}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{nameLabel}</TableHead>
            {figures.map((figure) => (
              <TableHead
                key={figure.label}
                className={cn("text-right last:pr-4", figure.isExtra && WHERE_ROOM)}
              >
                {figure.label}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>{children}</TableBody>
      </Table>
    </div>
  );
}

/** A row: what it is about, with a link to its page if there is one, and its figures. */
export function UsageRow({
  name,
  href,
  children,
}: {
  readonly name: string;
  readonly href: string | null;
  /** A `UsageCell` each. */
  readonly children: ReactNode;
}) {
  return (
    <TableRow>
      <TableCell className="max-w-40 truncate pl-4 font-medium sm:max-w-64" title={name}>
        <MaybeLink href={href}>{name}</MaybeLink>
      </TableCell>
      {children}
    </TableRow>
  );
}

export function UsageCell({
  title,
  href = null,
  isExtra = false,
  children,
}: {
  /** The exact figure. */
  readonly title?: string | undefined;
  /** What it is made of. */
  readonly href?: string | null;
  readonly isExtra?: boolean;
  readonly children: string;
}) {
  return (
    <TableCell
      className={cn("text-right tabular-nums last:pr-4", isExtra && WHERE_ROOM)}
      title={title}
    >
      <MaybeLink href={href}>{children}</MaybeLink>
    </TableCell>
  );
}

function MaybeLink({
  href,
  children,
}: {
  readonly href: string | null;
  readonly children: string;
}) {
  if (href === null) return children;
  return (
    <Link href={href} prefetch={false} className="hover:underline">
      {children}
    </Link>
  );
}
