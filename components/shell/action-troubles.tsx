"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { toast } from "sonner";
import { type ActionTrouble, TROUBLE_EVENT } from "@/components/answered";

/** Reports actions without a result, once for all forms: what is known, and what to do. */
export function ActionTroubles() {
  const t = useTranslations("shell.trouble");
  const router = useRouter();

  useEffect(() => {
    const ways: Readonly<Record<ActionTrouble, (() => void) | null>> = {
      offline: null,
      // Reads the page again, and keeps what was typed.
      lost: () => router.refresh(),
      outdated: () => window.location.reload(),
      signed_out: () => {
        const next = encodeURIComponent(window.location.pathname + window.location.search);
        window.open(`/login?next=${next}`, "_blank", "noopener");
      },
    };
    const show = (event: Event) => {
      const trouble = (event as CustomEvent<ActionTrouble>).detail;
      const onClick = ways[trouble];
      toast.error(t(`${trouble}.title`), {
        id: "action-trouble",
        description: t(`${trouble}.description`),
        duration: Infinity,
        closeButton: true,
        ...(onClick !== null &&
          trouble !== "offline" && { action: { label: t(`${trouble}.way`), onClick } }),
      });
    };
    window.addEventListener(TROUBLE_EVENT, show);
    return () => window.removeEventListener(TROUBLE_EVENT, show);
  }, [t, router]);

  return null;
}
