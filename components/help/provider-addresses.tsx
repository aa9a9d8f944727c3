"use client";

import { CopyButton } from "@/components/copy-button";
import { useOrigin } from "@/components/use-origin";

/** The base address of each provider's own API through the pool. */
export function ProviderAddresses({
  providers,
}: {
  readonly providers: readonly { readonly slug: string; readonly label: string }[];
}) {
  const origin = useOrigin();
  return (
    <ul className="grid gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-2">
      {providers.map(({ slug, label }) => (
        <li key={slug} className="bg-card flex items-center gap-2 py-1.5 pr-2 pl-4">
          <span className="min-w-0 flex-1">
            <span className="block truncate">{label}</span>
            <code className="text-muted-foreground block truncate font-mono text-xs">
              /api/{slug}
            </code>
          </span>
          <CopyButton value={`${origin}/api/${slug}`} name={label} />
        </li>
      ))}
      {/* Fills the last row, which would otherwise show a gray cell. */}
      {providers.length % 2 === 1 && <li aria-hidden className="bg-card hidden sm:block" />}
    </ul>
  );
}
