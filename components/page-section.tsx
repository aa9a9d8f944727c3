import type { ReactNode } from "react";

/** A section of a page of forms: its topic on the left, the form on the right; one below the other on a phone. */
export function PageSection({
  title,
  description,
  children,
}: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="grid gap-4 border-t py-8 first:border-t-0 first:pt-0 md:grid-cols-[14rem_1fr] md:gap-10">
      <div className="space-y-2">
        <h2 className="leading-none font-medium">{title}</h2>
        {description && <p className="text-muted-foreground text-sm">{description}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
