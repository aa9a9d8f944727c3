"use client";

import { useTranslations } from "next-intl";
import { testTraces } from "@/app/(portal)/settings/actions";
import { TestButton } from "../test-button";

/** Sends a test span, and says whether the receiver took it. */
export function TraceTest() {
  const t = useTranslations("settings.traces");
  const words = {
    ...{ test: t("test"), testing: t("testing"), accepted: t("accepted") },
    refused: (problem: string) => t("refused", { problem }),
  };
  return <TestButton run={() => testTraces(undefined)} words={words} />;
}
