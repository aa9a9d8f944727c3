/** Languages of the portal; the first is the fallback. */
export const locales = ["en", "zh"] as const;

export type Locale = (typeof locales)[number];

/** Stores a person's language. */
export const LOCALE_COOKIE = "locale";

/** Stores the browser's time zone, so that the server renders times in it. */
export const TIME_ZONE_COOKIE = "time-zone";

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
