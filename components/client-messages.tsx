import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import type { Area } from "@/i18n/messages";

/** Needed by the frame of every page. */
const EVERYWHERE: readonly Area[] = ["common", "shell"];

/**
 * Gives client components below it their texts: those of `areas`, besides `common` and `shell`. Server
 * components need none of this; what is not named here is not sent to the browser.
 */
export async function ClientMessages({
  areas = [],
  children,
}: {
  readonly areas?: readonly Area[];
  readonly children: ReactNode;
}) {
  const messages = await getMessages();
  const sent = Object.fromEntries([...EVERYWHERE, ...areas].map((area) => [area, messages[area]]));
  return <NextIntlClientProvider messages={sent}>{children}</NextIntlClientProvider>;
}
