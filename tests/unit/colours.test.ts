/** The colors of app/globals.css are readable and distinguishable. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";

type Triple = readonly [number, number, number];

const css = readFileSync(join(root, "app/globals.css"), "utf8");

/** The tokens of `:root` or `.dark`, as linear RGB. */
function tokensOf(selector: string): ReadonlyMap<string, Triple> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("\n}")[0] ?? "";
  const tokens = block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g);
  return new Map(
    [...tokens].map(([, name = "", l, c, h]) => {
      const angle = (Number(h) * Math.PI) / 180;
      return [name, toRgb([Number(l), Number(c) * Math.cos(angle), Number(c) * Math.sin(angle)])];
    }),
  );
}

/** OKLab to linear RGB: https://bottosson.github.io/posts/oklab/ */
function toRgb([l, a, b]: Triple): Triple {
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return bounded([
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ]);
}

function toLab([r, g, b]: Triple): Triple {
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

function bounded([r, g, b]: Triple): Triple {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  return [within(r), within(g), within(b)];
}

/** Complete color blindness of each kind: Machado, Oliveira and Fernandes 2009, table 1. */
const SIGHTS: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

const luminance = (colour: Triple) => dot(colour, [0.2126, 0.7152, 0.0722]);

/** WCAG 2.2's ratio. */
function contrast(one: Triple, other: Triple): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each([":root", ".dark"])("in %s", (selector) => {
  const tokens = tokensOf(selector);
  const colour = (name: string): Triple => {
    const found = tokens.get(name);
    if (found === undefined) throw new Error(`no --${name}`);
    return found;
  };

  test.each([
    "foreground",
    "muted-foreground",
    "brand",
    "destructive",
    "ready",
    "cooling",
    "blocked",
    "disabled",
  ])("%s can be read on the page", (name) => {
    expect(contrast(colour(name), colour("background"))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(Object.entries(SIGHTS))("charts' colours differ: %s", (_, [red, green, blue]) => {
    const seen = Array.from({ length: 8 }, (_, index) => {
      const rgb = colour(`chart-${index + 1}`);
      return toLab(bounded([dot(red, rgb), dot(green, rgb), dot(blue, rgb)]));
    });
    for (const [index, one] of seen.entries()) {
      for (const other of seen.slice(index + 1)) {
        const distance = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
        expect(distance).toBeGreaterThan(0.12);
      }
    }
  });
});
