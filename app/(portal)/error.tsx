"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";

/** Replaces a page that failed; the frame around it keeps working. The server's log has the digest. */
export default function PortalError({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  const t = useTranslations("shell.error");
  return (
    <div
      role="alert"
      className="mx-auto flex max-w-sm flex-col items-center gap-2 py-24 text-center"
    >
      <TriangleAlert aria-hidden className="text-muted-foreground mb-2 size-6" />
      <h1 className="text-lg font-semibold tracking-tight">{t("title")}</h1>
      <p className="text-muted-foreground text-balance">{t("description")}</p>
      {error.digest && (
        <p className="text-muted-foreground font-mono text-xs">
          {t("reference", { digest: error.digest })}
        </p>
      )}
      <Button variant="outline" size="sm" className="mt-4" onClick={reset}>
        {t("action")}
      </Button>
    </div>
  );
}
