import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import type { Area } from "@/i18n/messages";

/** Needed by every page's frame. */
const EVERYWHERE: readonly Area[] = ["common", "shell"];

/**
 * Provides the messages of client components below it: those of `areas`, besides `common` and `shell`. Server
 * components don't need this; areas that aren't listed aren't sent to the browser.
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
