/**
 * The frame and colors that all charts share: a self-contained SVG with a light and a dark theme, readable on a phone.
 * @module
 */

/** Wide enough for labels, and still readable when a phone shows it at three quarters of its size. */
export const CHART_WIDTH = 480;

/** `--chart-1` and so on in app/globals.css, which `tests/unit/colours.test.ts` holds apart for every kind of sight. */
export const LIGHT = [
  "oklch(0.51 0.18 270)",
  "oklch(0.77 0.11 71)",
  "oklch(0.77 0.13 190)",
  "oklch(0.53 0.15 351)",
  "oklch(0.64 0.13 231)",
  "oklch(0.38 0.17 301)",
];
export const DARK = [
  "oklch(0.64 0.12 274)",
  "oklch(0.76 0.15 74)",
  "oklch(0.74 0.13 181)",
  "oklch(0.5 0.14 8)",
  "oklch(0.89 0.07 220)",
  "oklch(0.5 0.21 300)",
];

const variables = (colors: readonly string[]) =>
  colors.map((color, index) => `--series-${index}: ${color};`).join(" ");

const STYLE = `
  svg { --ground: #fff; --ink: #1f2328; --faint: #656d76; --rule: #d1d9e0; ${variables(LIGHT)} font-family: system-ui, sans-serif; font-size: 13px; fill: var(--ink); }
  @media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --rule: #3d444d; ${variables(DARK)} } }
  .ground { fill: var(--ground); } .faint { fill: var(--faint); } line { stroke: var(--rule); } .limit { stroke: var(--ink); stroke-dasharray: 4 3; } .title { font-weight: 600; } .group { font-weight: 600; }
${LIGHT.map((_, index) => `  .series-${index} { fill: var(--series-${index}); }`).join("\n")}
`;

/** @param parts Elements of the drawing, in order. */
export function chartFrame(title: string, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CHART_WIDTH}" height="${height}" viewBox="0 0 ${CHART_WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${CHART_WIDTH}" height="${height}"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** Names of peers come from the command line. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
