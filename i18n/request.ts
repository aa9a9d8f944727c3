import { getRequestConfig } from "next-intl/server";
import { messages } from "./messages";
import { requestLocale, requestTimeZone } from "./request-reader";

/** Language, time zone and clock of a request; next-intl calls this once for each. */
export default getRequestConfig(async () => {
  const [locale, timeZone] = await Promise.all([requestLocale(), requestTimeZone()]);
  return {
    locale,
    messages: messages[locale],
    timeZone,
    // Also sent to the browser, so that its first render shows the same as the server's.
    now: new Date(),
  };
});
