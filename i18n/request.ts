import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { teamAppearance } from "@/app/team-appearance";
import { isLocale, LOCALE_COOKIE, pickLocale, pickTimeZone, TIME_ZONE_COOKIE } from "./locale";
import { messages } from "./messages";

/** Language, time zone and clock of a request; next-intl calls this once for each. */
export default getRequestConfig(async () => {
  const [cookieJar, requestHeaders] = await Promise.all([cookies(), headers()]);
  const chosen = cookieJar.get(LOCALE_COOKIE)?.value;
  const locale = pickLocale(
    isLocale(chosen) ? chosen : (await teamAppearance()).language,
    requestHeaders.get("accept-language"),
  );
  return {
    locale,
    messages: messages[locale],
    timeZone: pickTimeZone(cookieJar.get(TIME_ZONE_COOKIE)?.value),
    // Also sent to the browser, so that its first render shows the same as the server's.
    now: new Date(),
  };
});
