/** Horizontal bars of several series, group below group, each with its figure. @module */
import { CHART_WIDTH, chartFrame, escaped, LIGHT } from "./theme.ts";

export interface Series {
  readonly name: string;
  /** The index of its color in the theme, if not that of its place: one thing has one color in all charts. */
  readonly color?: number;
  /** One for each group; null if it wasn't measured. */
  readonly values: readonly (number | null)[];
}

export interface BarChart {
  readonly title: string;
  readonly groups: readonly string[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** A line across all bars at this value, such as the limit itself. */
  readonly line?: number;
}

const LEFT = 12;
/** Bars end here; their figures follow. */
const RIGHT = CHART_WIDTH - 76;
const LEGEND_TOP = 36;
const LEGEND_ROW = 20;
const LEGEND_COLUMN = 228;
const GROUP_LABEL = 22;
const BAR = 15;
const BAR_GAP = 3;
const GROUP_GAP = 12;

export function barChart({ title, groups, series, format, line }: BarChart): string {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const most = Math.max(line ?? 0, ...known) || 1;
  const widthOf = (value: number) => ((RIGHT - LEFT) * value) / most;
  const groupHeight = GROUP_LABEL + series.length * (BAR + BAR_GAP) + GROUP_GAP;
  const top = LEGEND_TOP + Math.ceil(series.length / 2) * LEGEND_ROW;
  const height = top + groups.length * groupHeight;
  const classOf = (index: number) => `series-${(series[index]?.color ?? index) % LIGHT.length}`;
  const legend = series.map(({ name }, index) => {
    const x = LEFT + (index % 2) * LEGEND_COLUMN;
    const y = LEGEND_TOP + Math.floor(index / 2) * LEGEND_ROW;
    return `<rect class="${classOf(index)}" x="${x}" y="${y}" width="11" height="11" rx="2"/><text x="${x + 17}" y="${y + 10}">${escaped(name)}</text>`;
  });
  const bars = groups.flatMap((group, place) => {
    const y = top + place * groupHeight;
    return [
      `<text class="group" x="${LEFT}" y="${y + 15}">${escaped(group)}</text>`,
      ...series.flatMap(({ name, values }, index) => {
        const value = values[place];
        if (value === null || value === undefined) return [];
        const barY = y + GROUP_LABEL + index * (BAR + BAR_GAP);
        const width = Math.max(1, widthOf(value));
        return [
          `<rect class="${classOf(index)}" x="${LEFT}" y="${barY}" width="${width.toFixed(1)}" height="${BAR}" rx="2"><title>${escaped(`${name}, ${group}: ${format(value)}`)}</title></rect>`,
          `<text x="${(LEFT + width + 6).toFixed(1)}" y="${barY + 12}">${escaped(format(value))}</text>`,
        ];
      }),
    ];
  });
  const across =
    line === undefined
      ? []
      : [
          `<line class="limit" x1="${(LEFT + widthOf(line)).toFixed(1)}" x2="${(LEFT + widthOf(line)).toFixed(1)}" y1="${top}" y2="${height - GROUP_GAP}"/>`,
        ];
  return chartFrame(title, height, [
    `<text class="title" x="${LEFT}" y="22">${escaped(title)}</text>`,
    ...legend,
    ...bars,
    ...across,
  ]);
}
