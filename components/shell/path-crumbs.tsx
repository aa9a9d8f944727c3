"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { navigationEntryOf } from "@/components/shell/navigation";

/** Where one is: the page's area, and what of the path lies below it. */
export function PathCrumbs() {
  const t = useTranslations("shell");
  const path = usePathname();
  const entry = navigationEntryOf(path);
  if (entry === undefined) return null;
  const below = path.slice(entry.href.length).split("/").filter(Boolean).map(decodeURIComponent);
  const label = t(`areas.${entry.area}`);
  return (
    <ol className="text-muted-foreground flex min-w-0 items-center gap-2">
      <li className="truncate">
        {below.length === 0 ? (
          <span className="text-foreground font-medium">{label}</span>
        ) : (
          <Link href={entry.href} className="hover:text-foreground">
            {label}
          </Link>
        )}
      </li>
      {below.map((part, index) => (
        <li key={part} className="flex min-w-0 items-center gap-2">
          <span aria-hidden>/</span>
          <span
            className={
              index === below.length - 1
                ? "text-foreground truncate font-mono font-medium"
                : "truncate"
            }
          >
            {part}
          </span>
        </li>
      ))}
    </ol>
  );
}
