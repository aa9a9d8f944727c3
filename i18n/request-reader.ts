/**
 * Language and time zone of who sent the request. Route handlers ask here: next-intl's own functions would bring every
 * message of both languages along.
 * @module
 */
import { cookies, headers } from "next/headers";
import { teamAppearance } from "@/app/team-appearance";
import {
  CHOSEN_ZONE_COOKIE,
  CLOCK_COOKIE,
  type Clock,
  DENSITY_COOKIE,
  densities,
  isLocale,
  LOCALE_COOKIE,
  type Locale,
  pickClock,
  pickLocale,
  pickTimeZone,
  TIME_ZONE_COOKIE,
} from "./locale";

export async function requestLocale(): Promise<Locale> {
  const [cookieJar, requestHeaders] = await Promise.all([cookies(), headers()]);
  const chosen = cookieJar.get(LOCALE_COOKIE)?.value;
  return pickLocale(
    isLocale(chosen) ? chosen : (await teamAppearance()).language,
    requestHeaders.get("accept-language"),
  );
}

export async function requestTimeZone(): Promise<string> {
  const cookieJar = await cookies();
  const chosen = cookieJar.get(CHOSEN_ZONE_COOKIE)?.value;
  return pickTimeZone(chosen || cookieJar.get(TIME_ZONE_COOKIE)?.value);
}

export async function requestClock(): Promise<Clock> {
  const [cookieJar, requestHeaders] = await Promise.all([cookies(), headers()]);
  return pickClock(cookieJar.get(CLOCK_COOKIE)?.value, requestHeaders.get("accept-language"));
}

/** What a person chose for this browser, to show it; undefined for what the browser says itself. */
export async function displayChoices() {
  const cookieJar = await cookies();
  const clock = cookieJar.get(CLOCK_COOKIE)?.value;
  const density = cookieJar.get(DENSITY_COOKIE)?.value;
  return {
    timeZone: cookieJar.get(CHOSEN_ZONE_COOKIE)?.value || undefined,
    clock: clock === "12" || clock === "24" ? (clock as Clock) : undefined,
    density: densities.find((each) => each === density) ?? ("comfortable" as const),
  };
}
