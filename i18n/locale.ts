/** Languages of the portal; the first is the fallback. */
export const locales = ["en", "zh"] as const;

export type Locale = (typeof locales)[number];

/** Stores a person's language. */
export const LOCALE_COOKIE = "locale";

/** Stores the browser's time zone, so that the server renders times in it. */
export const TIME_ZONE_COOKIE = "time-zone";

/** Stores the time zone that a person chose instead of the browser's. */
export const CHOSEN_ZONE_COOKIE = "chosen-time-zone";

/** Stores how a person reads the time of day. */
export const CLOCK_COOKIE = "clock";

/** Stores how close together the rows of tables stand in this browser. */
export const DENSITY_COOKIE = "density";

export const densities = ["comfortable", "compact"] as const;
export type Density = (typeof densities)[number];

/** Hours of a day on a clock. */
export type Clock = "12" | "24";

export function isLocale(value: string | undefined): value is Locale {
  return locales.some((locale) => locale === value);
}

/** The language to use: the chosen one, otherwise the browser's first that is available. */
export function pickLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(chosen)) return chosen;
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map(readLanguageRange)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.map(({ language }) => language).find(isLocale) ?? locales[0];
}

/** `zh-TW;q=0.8` (RFC 9110, 12.5.4); only the tag's language counts. */
function readLanguageRange(range: string): { language: string; quality: number } {
  const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return {
    language: tag.split("-")[0] ?? "",
    quality: quality === undefined ? 1 : Number(quality) || 0,
  };
}

/** The zone named by the browser, otherwise UTC. */
export function pickTimeZone(named: string | undefined): string {
  const zone = named || "UTC";
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/** The clock to use: the chosen one, otherwise that of the region which the browser names first. */
export function pickClock(chosen: string | undefined, acceptLanguage: string | null): Clock {
  if (chosen === "12" || chosen === "24") return chosen;
  const [first = ""] = (acceptLanguage ?? "").split(/[,;]/, 1);
  return hoursOf(first.trim() || locales[0]) ?? hoursOf(locales[0]) ?? "24";
}

/** Null if the tag is none. */
function hoursOf(tag: string): Clock | null {
  try {
    const { hourCycle } = new Intl.DateTimeFormat(tag, { hour: "numeric" }).resolvedOptions();
    return hourCycle === "h11" || hourCycle === "h12" ? "12" : "24";
  } catch {
    return null;
  }
}

/**
 * The locale by which everything is formatted: times of day by the clock (Unicode's extension `hc`).
 * @example withClock("en", "24") // "en-u-hc-h23"
 */
export function withClock(locale: Locale, clock: Clock): Locale {
  // Messages are chosen by the language, which `languageOf` reads from it.
  return `${locale}-u-hc-${clock === "12" ? "h12" : "h23"}` as Locale;
}

/** The language of a locale, with or without a clock. */
export function languageOf(locale: string): Locale {
  const language = locale.split("-", 1)[0];
  return isLocale(language) ? language : locales[0];
}
