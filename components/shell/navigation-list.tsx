"use client";

import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Link } from "@/components/link";
import { navigationEntryOf, navigationFor } from "@/components/shell/navigation";
import type { Right } from "@/lib/auth/member";
import { cn } from "@/lib/utils";

/** Links to the pages of a role, with the current one marked. */
export function NavigationList({
  role,
  isCollapsed = false,
  onFollow,
}: {
  readonly role: Right;
  /** Only icons; the names are their titles. */
  readonly isCollapsed?: boolean;
  readonly onFollow?: () => void;
}) {
  const t = useTranslations("shell");
  const listed = navigationFor(role);
  const current = navigationEntryOf(usePathname(), listed)?.href;
  return (
    <nav aria-label={t("navigation")} className="flex flex-col gap-5">
      {listed.map(({ name, entries }) => (
        <div key={name} className="flex flex-col gap-0.5">
          {name !== null &&
            (isCollapsed ? (
              <hr className="mx-2 mb-2" />
            ) : (
              <p className="text-muted-foreground px-2 pb-1 text-xs font-medium">
                {t(`groups.${name}`)}
              </p>
            ))}
          {entries.map(({ area, href, icon: Icon }) => {
            const label = t(`areas.${area}`);
            const isCurrent = href === current;
            return (
              <Link
                key={href}
                href={href}
                aria-current={isCurrent ? "page" : undefined}
                title={isCollapsed ? label : undefined}
                {...(onFollow && { onClick: onFollow })}
                className={cn(
                  "focus-visible:ring-ring/50 flex h-8 items-center gap-2.5 rounded-md px-2 outline-none focus-visible:ring-[3px]",
                  isCurrent
                    ? "bg-accent text-foreground font-medium"
                    : "text-muted-foreground hover:bg-accent/60 hover:text-foreground",
                )}
              >
                <Icon aria-hidden className={cn("size-4 shrink-0", isCurrent && "text-brand")} />
                <span className={cn("truncate", isCollapsed && "sr-only")}>{label}</span>
              </Link>
            );
          })}
        </div>
      ))}
    </nav>
  );
}
