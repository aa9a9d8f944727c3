"use client";

import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Link } from "@/components/link";
import { cn } from "@/lib/utils";
import { settingsPages } from "./settings-pages";

/** The pages of the settings, side by side; scrolls if the screen is narrow. */
export function SettingsNavigation() {
  const t = useTranslations("shell");
  const path = usePathname();
  const current = useRef<HTMLAnchorElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: Another path makes another link the current one.
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);

  return (
    <nav aria-label={t("areas.settings")} className="scroll-cue mb-6 overflow-x-auto border-b">
      <ul className="flex gap-1">
        {settingsPages.map(({ name, href }) => (
          <li key={name}>
            <Link
              ref={path === href ? current : null}
              href={href}
              aria-current={path === href ? "page" : undefined}
              className={cn(
                "text-muted-foreground hover:text-foreground focus-visible:ring-ring/50 -mb-px block rounded-t-sm border-b-2 border-transparent px-3 py-2 whitespace-nowrap max-sm:py-2.5 outline-none focus-visible:ring-[3px] focus-visible:ring-inset",
                path === href && "border-foreground text-foreground font-medium",
              )}
            >
              {t(`pages.settings.${name}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
