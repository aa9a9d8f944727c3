import { getRequestConfig } from "next-intl/server";
import { withClock } from "./locale";
import { messages } from "./messages";
import { requestClock, requestLocale, requestTimeZone } from "./request-reader";

/** Language, time zone and clock of a request; next-intl calls this once for each. */
export default getRequestConfig(async () => {
  const [language, timeZone, clock] = await Promise.all([
    requestLocale(),
    requestTimeZone(),
    requestClock(),
  ]);
  return {
    locale: withClock(language, clock),
    messages: messages[language],
    timeZone,
    // Also sent to the browser, so that its first render shows the same as the server's.
    now: new Date(),
  };
});
