import type { ReactNode } from "react";

/** The purpose of an entrance page. */
export function EntranceHeading({
  title,
  description,
}: {
  readonly title: string;
  readonly description: ReactNode;
}) {
  return (
    <header className="mb-6 space-y-1.5">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <p className="text-muted-foreground">{description}</p>
    </header>
  );
}
