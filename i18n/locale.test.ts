import { describe, expect, test } from "vitest";
import { pickLocale, pickTimeZone } from "./locale";

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
