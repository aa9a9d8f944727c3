"use client";

import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";

const CONFIRMATION_MS = 1_500;

/** Copies `value`; with a `label` a button that says so, without one an icon. */
export function CopyButton({
  value,
  label,
  name,
  className,
}: {
  readonly value: string;
  readonly label?: string;
  /** What is copied, for those who cannot see which of many icons this is. */
  readonly name?: string;
  readonly className?: string;
}) {
  const t = useTranslations("common");
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setIsCopied(true);
    } catch {
      // Pages on plain http, other than on this machine, have no clipboard.
      toast.error(t("copyFailed"));
    }
  }

  const Icon = isCopied ? Check : Copy;
  return (
    <Button
      type="button"
      variant={label === undefined ? "ghost" : "outline"}
      size={label === undefined ? "icon-sm" : "sm"}
      className={className}
      onClick={copy}
      {...(label === undefined && { "aria-label": name ? t("copyName", { name }) : t("copy") })}
    >
      <Icon aria-hidden />
      {label !== undefined && (isCopied ? t("copied") : label)}
      <span aria-live="polite" className="sr-only">
        {isCopied ? t("copied") : ""}
      </span>
    </Button>
  );
}
