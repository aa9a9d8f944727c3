"use client";

import { useTranslations } from "next-intl";
import { testSignIn } from "@/app/(portal)/settings/actions";
import { TestButton } from "../test-button";

/** Asks the issuer whether it knows the app. */
export function SignInTest() {
  const t = useTranslations("settings.signIn");
  const words = {
    ...{ test: t("test"), testing: t("testing"), accepted: t("accepted") },
    refused: (problem: string) => t("refused", { problem }),
  };
  return <TestButton run={() => testSignIn(undefined)} words={words} />;
}
