import { describe, expect, test } from "vitest";
import { languageOf, locales, pickClock, pickLocale, pickTimeZone, withClock } from "./locale";

describe("pickLocale", () => {
  test.each([
    ["zh", "en-US", "zh"],
    ["fr", "zh-CN,zh;q=0.9,en;q=0.8", "zh"],
    [undefined, "en;q=0.5, zh-TW", "zh"],
    [undefined, "fr-FR, en;q=0.8, zh;q=0.7", "en"],
    [undefined, "zh;q=0, de", "en"],
    [undefined, "", "en"],
    [undefined, null, "en"],
  ])("chosen %s, browser %s: %s", (chosen, acceptLanguage, locale) => {
    expect(pickLocale(chosen, acceptLanguage)).toBe(locale);
  });
});

describe("pickTimeZone", () => {
  test.each([
    ["Asia/Shanghai", "Asia/Shanghai"],
    ["Nowhere/Else", "UTC"],
    ["", "UTC"],
    [undefined, "UTC"],
  ])("%s: %s", (named, zone) => {
    expect(pickTimeZone(named)).toBe(zone);
  });
});

describe("pickClock", () => {
  test.each([
    [undefined, "en-US,en;q=0.9", "12"],
    [undefined, "en-GB,en;q=0.9", "24"],
    [undefined, "de;q=0.9", "24"],
    [undefined, "zh-CN", "24"],
    [undefined, "", "12"],
    [undefined, null, "12"],
    [undefined, "no tag at all", "12"],
    ["24", "en-US", "24"],
    ["12", "de", "12"],
    ["13", "de", "24"],
  ])("chosen %s, browser %s: %s", (chosen, acceptLanguage, clock) => {
    expect(pickClock(chosen, acceptLanguage)).toBe(clock);
  });

  test.each(["12", "24"] as const)("a locale with a clock of %s hours formats by it", (clock) => {
    for (const language of locales) {
      const locale = withClock(language, clock);
      expect(languageOf(locale)).toBe(language);
      const time = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: "UTC" });
      expect(time.format(Date.UTC(2026, 0, 1, 22, 5)).includes("22")).toBe(clock === "24");
    }
  });
});
