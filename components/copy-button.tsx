"use client";

import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";

const CONFIRMATION_MS = 1_500;

/** Copies `value`; a button with `label`, or an icon without one. */
export function CopyButton({
  value,
  label,
  name,
  className,
}: {
  readonly value: string;
  readonly label?: string;
  /** What is copied, for people who can't see the icon's context. */
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
      // Pages on plain http have no clipboard, except on this machine.
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
