"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import { useTransition } from "react";
import { Button } from "@/components/ui/button";

/** Which rows of how many are shown, and the links to other pages; `?page=` counts from 1. */
export function DataTablePager({
  page,
  pageSize,
  total,
}: {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
}) {
  const t = useTranslations("common");
  const [isLoading, startTransition] = useTransition();
  const [, setPage] = useQueryState(
    "page",
    parseAsInteger.withOptions({ shallow: false, history: "push", startTransition }),
  );
  const from = total === 0 ? 0 : (page - 1) * pageSize + 1;
  const to = Math.min(page * pageSize, total);
  const go = (next: number) => setPage(next === 1 ? null : next);
  return (
    <div className="text-muted-foreground flex items-center justify-between gap-4">
      <p data-figure aria-live="polite">
        {t("rowsOf", { from, to, total })}
      </p>
      {total > pageSize && (
        <div className="flex items-center gap-1">
          <Button
            variant="outline"
            size="icon-sm"
            aria-label={t("previousPage")}
            disabled={page <= 1 || isLoading}
            onClick={() => go(page - 1)}
          >
            <ChevronLeft aria-hidden />
          </Button>
          <Button
            variant="outline"
            size="icon-sm"
            aria-label={t("nextPage")}
            disabled={to >= total || isLoading}
            onClick={() => go(page + 1)}
          >
            <ChevronRight aria-hidden />
          </Button>
        </div>
      )}
    </div>
  );
}
