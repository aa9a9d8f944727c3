/** Bars of several series side by side, as a self-contained SVG. @module */

export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
}

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 56;
const TOP = 48;
const BOTTOM = 40;

/** @param line Drawn across, such as the limit itself. */
export function barChart(
  title: string,
  groups: readonly string[],
  series: readonly Series[],
  line: number,
): string {
  const most = Math.max(line * 1.2, ...series.flatMap(({ values }) => values));
  const plot = HEIGHT - TOP - BOTTOM;
  const y = (value: number) => (TOP + plot * (1 - value / most)).toFixed(1);
  const group = (WIDTH - LEFT - 16) / groups.length;
  const bar = (group * 0.8) / series.length;
  const bars = series.flatMap(({ name, colour, values }, at) =>
    values.map((value, index) => {
      const x = LEFT + index * group + group * 0.1 + at * bar;
      const height = (plot * value) / most;
      return `<rect x="${x.toFixed(1)}" y="${y(value)}" width="${(bar - 2).toFixed(1)}" height="${height.toFixed(1)}" fill="${colour}"><title>${name}, ${groups[index]}: ${value.toFixed(3)}</title></rect>`;
    }),
  );
  const labels = groups.map((name, index) => {
    const x = LEFT + (index + 0.5) * group;
    return `<text x="${x.toFixed(1)}" y="${HEIGHT - 16}" text-anchor="middle">${name}</text>`;
  });
  const legend = series.map(({ name, colour }, index) => {
    const x = LEFT + index * 200;
    return `<rect x="${x}" y="30" width="10" height="10" fill="${colour}"/><text x="${x + 16}" y="39">${name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${title}</text>`,
    ...legend,
    ...bars,
    `<line x1="${LEFT}" x2="${WIDTH - 16}" y1="${y(line)}" y2="${y(line)}" stroke="#111" stroke-dasharray="4 3"/>`,
    `<text x="${LEFT - 8}" y="${y(line)}" text-anchor="end">${line}</text>`,
    ...labels,
    "</svg>",
    "",
  ].join("\n");
}
