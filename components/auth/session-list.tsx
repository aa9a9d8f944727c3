"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { toast } from "sonner";
import { endSession } from "@/app/(portal)/account/actions";
import { answered } from "@/components/answered";
import { browserName } from "@/components/auth/browser-name";
import { RelativeTime } from "@/components/time/relative-time";
import { Button } from "@/components/ui/button";
import type { SessionItem } from "@/lib/manage/team/own-sessions";

/** The browsers in which the reader is signed in; each can be signed out. */
export function SessionList({ sessions }: { readonly sessions: readonly SessionItem[] }) {
  const t = useTranslations("auth.account.session");
  const router = useRouter();
  const [isEnding, startTransition] = useTransition();

  function end(handle: string) {
    startTransition(async () => {
      const result = await answered(() => endSession({ handle }));
      if (result === null) return;
      if (result.ok) toast.success(t("ended"));
      else toast.error(t("gone"));
      router.refresh();
    });
  }

  return (
    <ul aria-label={t("list")} className="divide-y rounded-lg border">
      {sessions.map(({ handle, isThisBrowser, createdAtMs, ip, userAgent }) => {
        const name = browserName(userAgent) ?? t("unknown");
        return (
          <li key={handle} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <div className="min-w-0 flex-1 basis-48">
              <p className="truncate font-medium" title={userAgent ?? undefined}>
                {name}
                {isThisBrowser && (
                  <span className="text-muted-foreground ml-2 font-normal">{t("this")}</span>
                )}
              </p>
              <p className="text-muted-foreground text-sm">
                {t.rich("since", { time: () => <RelativeTime ms={createdAtMs} /> })}
                {ip !== null && ` · ${ip}`}
              </p>
            </div>
            {!isThisBrowser && (
              <Button
                variant="outline"
                size="sm"
                disabled={isEnding}
                aria-label={t("end", { name })}
                onClick={() => end(handle)}
              >
                {t("signOut")}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
