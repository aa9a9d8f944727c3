/** The time zone of the tests' browsers. @module */
import type { BrowserContext } from "@playwright/test";
import { TIME_ZONE_COOKIE } from "../../i18n/locale.ts";

export const TIME_ZONE = "Europe/Berlin";

/**
 * Sets the cookie that a browser's first page sets. Without it each test's first page is rendered a second time, in the
 * browser's time zone, and a menu that was opened before that closes.
 */
export async function tellTimeZone(context: BrowserContext, url: string): Promise<void> {
  const value = encodeURIComponent(TIME_ZONE);
  await context.addCookies([{ name: TIME_ZONE_COOKIE, value, url }]);
}
