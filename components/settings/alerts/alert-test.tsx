"use client";

import { useTranslations } from "next-intl";
import { testAlert } from "@/app/(portal)/settings/actions";
import type { AlertChannel } from "@/lib/manage/alerts/list-alerts";
import { TestButton } from "../test-button";

/** Sends a test message, and shows whether the channel accepted it. */
export function AlertTest({ channel }: { readonly channel: AlertChannel }) {
  const t = useTranslations("settings.alerts");
  const words = {
    ...{
      test: t("test", { channel }),
      testing: t("testing"),
      accepted: t("accepted", { channel }),
    },
    refused: (problem: string) => t("refused", { channel, problem }),
  };
  return <TestButton run={() => testAlert({ channel })} words={words} />;
}
