"use client";

import { ArrowUp, Pause, Play } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useRef, useState } from "react";
import { RequestTable } from "@/components/requests/request-table";
import { useHeldRows } from "@/components/requests/use-held-rows";
import { useRequestTail } from "@/components/requests/use-request-tail";
import { Button } from "@/components/ui/button";
import type { NamedRequest } from "@/lib/manage/usage/browse-requests";
import { cn } from "@/lib/utils";

/** The newest requests, and those that arrive while the page is open. */
export function LiveRequests({
  items: first,
  empty,
}: {
  readonly items: readonly NamedRequest[];
  /** Replaces the table while there are none. */
  readonly empty: ReactNode;
}) {
  const t = useTranslations("requests.live");
  const [isPaused, setPaused] = useState(false);
  const { items, hasFailed } = useRequestTail(first, isPaused);
  const list = useRef<HTMLDivElement>(null);
  const { shown, held, release } = useHeldRows(items, list);
  const state = isPaused ? "paused" : hasFailed ? "failed" : "on";
  return (
    <>
      <div className="mb-2 flex items-center justify-between gap-2">
        <p role="status" className="text-muted-foreground flex items-center gap-2 text-sm">
          <span
            aria-hidden
            className={cn("size-2 rounded-full", {
              "bg-ready-fill": state === "on",
              "bg-blocked-fill": state === "failed",
              "bg-disabled-fill": state === "paused",
            })}
          />
          {t(state)}
        </p>
        <Button variant="ghost" size="sm" onClick={() => setPaused(!isPaused)}>
          {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
          {isPaused ? t("resume") : t("pause")}
        </Button>
      </div>
      {held > 0 && (
        <div className="pointer-events-none sticky top-16 z-10 flex h-0 justify-center">
          <Button
            size="sm"
            className="pointer-events-auto rounded-full shadow-md"
            onClick={() => {
              release();
              list.current?.scrollIntoView({ block: "nearest" });
            }}
          >
            <ArrowUp aria-hidden />
            {t("new", { count: held })}
          </Button>
        </div>
      )}
      <div ref={list}>{items.length === 0 ? empty : <RequestTable items={shown} />}</div>
    </>
  );
}
