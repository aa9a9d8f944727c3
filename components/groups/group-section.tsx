import { type ReactNode, useId } from "react";

/** A part of a group's page; if it has nothing, what that means. */
export function GroupSection({
  title,
  action,
  empty = false,
  children,
}: {
  readonly title: string;
  readonly action?: ReactNode;
  /** Replaces the children. */
  readonly empty?: string | false;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id={id} className="text-base font-medium">
          {title}
        </h2>
        {action}
      </div>
      {empty === false ? (
        children
      ) : (
        <p className="text-muted-foreground rounded-lg border border-dashed p-4 text-sm">{empty}</p>
      )}
    </section>
  );
}
