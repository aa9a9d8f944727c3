import { Fragment, type ReactNode } from "react";
import { Link } from "@/components/link";
import {
  Breadcrumb,
  BreadcrumbItem,
  BreadcrumbLink,
  BreadcrumbList,
  BreadcrumbPage,
  BreadcrumbSeparator,
} from "@/components/ui/breadcrumb";

export interface Crumb {
  readonly label: string;
  /** Absent for the page itself. */
  readonly href?: string;
}

/** A page's name and its page-level actions. */
export function PageHeader({
  title,
  description,
  actions,
  asOf,
  crumbs = [],
}: {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** When the page was read, for one that refreshes by itself. */
  readonly asOf?: ReactNode;
  /** Breadcrumbs, for pages below an area's first; wide screens have them above the page. */
  readonly crumbs?: readonly Crumb[];
}) {
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-4">
      {/* If the name would have too little room, actions are below it. */}
      <div className="min-w-0 flex-1 basis-64 space-y-1">
        {crumbs.length > 0 && <Crumbs crumbs={crumbs} />}
        <h1 className="truncate text-xl font-semibold tracking-tight">{title}</h1>
        {description && <p className="text-muted-foreground max-w-prose">{description}</p>}
      </div>
      {(actions || asOf) && (
        <div className="flex flex-wrap items-center gap-2">
          {asOf && <div className="max-lg:basis-full">{asOf}</div>}
          {actions}
        </div>
      )}
    </header>
  );
}

function Crumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  return (
    <Breadcrumb className="md:hidden">
      <BreadcrumbList>
        {crumbs.map(({ label, href }, index) => (
          <Fragment key={label}>
            {index > 0 && <BreadcrumbSeparator />}
            <BreadcrumbItem>
              {href === undefined ? (
                <BreadcrumbPage>{label}</BreadcrumbPage>
              ) : (
                <BreadcrumbLink asChild>
                  <Link href={href}>{label}</Link>
                </BreadcrumbLink>
              )}
            </BreadcrumbItem>
          </Fragment>
        ))}
      </BreadcrumbList>
    </Breadcrumb>
  );
}
