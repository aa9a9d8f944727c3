import type { ReactNode } from "react";

/** A group of settings under a heading. */
export function SettingsSection({
  id,
  title,
  description,
  action,
  children,
}: {
  /** The heading's id, within the page. */
  readonly id: string;
  readonly title: string;
  readonly description?: ReactNode;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <section aria-labelledby={id} className="mb-8">
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="max-w-prose space-y-1">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {description && <p className="text-muted-foreground text-sm">{description}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
