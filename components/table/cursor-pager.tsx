"use client";

import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useTransition } from "react";
import { Button } from "@/components/ui/button";

/** Links to older entries; back by the browser, or to the newest at once. */
export function CursorPager({
  isNewest,
  nextCursor,
}: {
  readonly isNewest: boolean;
  /** Null on the last page. */
  readonly nextCursor: string | null;
}) {
  const t = useTranslations("common");
  const [isLoading, startTransition] = useTransition();
  const [, setPage] = useQueryState(
    "page",
    parseAsString.withOptions({ shallow: false, history: "push", scroll: true, startTransition }),
  );
  if (isNewest && nextCursor === null) return null;
  return (
    <nav aria-label={t("pages")} className="mt-4 flex justify-end gap-2">
      <Button
        variant="outline"
        size="sm"
        disabled={isNewest || isLoading}
        onClick={() => setPage(null)}
      >
        {t("newest")}
      </Button>
      <Button
        variant="outline"
        size="sm"
        disabled={nextCursor === null || isLoading}
        onClick={() => setPage(nextCursor)}
      >
        {t("older")}
      </Button>
    </nav>
  );
}
