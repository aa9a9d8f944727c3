/** Small charts of stories, side by side, as a self-contained SVG with a light and a dark theme. @module */
import type { Story } from "./stories.ts";

const WIDTH = 790;
const PANEL_WIDTH = 340;
const PANEL_HEIGHT = 150;
const LEFT = 40;
const TOP = 64;
const GAP = 40;
const ROW = PANEL_HEIGHT + 64;
const STRIP = 4;

const STYLE = `
  svg { --ground: #fff; --ink: #1f2328; --faint: #656d76; --rule: #d1d9e0; --trouble: #8c959f; --first: #2a6fdb; --later: #93bdf7; --refused: #d9822b; font-family: system-ui, sans-serif; font-size: 12px; fill: var(--ink); }
  @media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --rule: #3d444d; --trouble: #848d97; --first: #5b9bf8; --later: #274b80; --refused: #f0a35e; } }
  .ground { fill: var(--ground); } .trouble { fill: var(--trouble); } .first { fill: var(--first); } .later { fill: var(--later); } .refused { fill: var(--refused); } .faint { fill: var(--faint); } line { stroke: var(--rule); } .title { font-size: 13px; font-weight: 600; }
`;

const WORDS = {
  first: "answered by the first key",
  later: "answered by another key",
  refused: "refused",
} as const;

export function storyChart(stories: readonly Story[]): string {
  const height = TOP + Math.ceil(stories.length / 2) * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    "<title>What becomes of requests while keys fail, by the second in which they were sent</title>",
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    legend("first", "answered by the first key", LEFT),
    legend("later", "by another key", LEFT + 190),
    legend("refused", "refused", LEFT + 320),
    legend("trouble", "while keys fail", LEFT + 410),
    ...stories.map((story, index) => {
      const x = LEFT + (index % 2) * (PANEL_WIDTH + GAP);
      return panel(story, x, TOP + Math.floor(index / 2) * ROW);
    }),
    "</svg>",
    "",
  ].join("\n");
}

function legend(name: string, text: string, x: number): string {
  return `<rect class="${name}" x="${x}" y="14" width="12" height="12" rx="2"/><text x="${x + 18}" y="24">${text}</text>`;
}

function panel({ title, trouble: [fromS, toS], seconds }: Story, x: number, y: number): string {
  const most = Math.max(...seconds.map(([first, later, refused]) => first + later + refused));
  const step = PANEL_WIDTH / seconds.length;
  const tall = (count: number) => (PANEL_HEIGHT * count) / most;
  const at = (value: number) => value.toFixed(1);
  const endS = Math.min(toS, seconds.length);
  const bars = seconds.map(([first, later, refused], second) => {
    const left = at(x + second * step + 0.5);
    const width = at(step - 1);
    const bar = (name: keyof typeof WORDS, count: number, below: number) =>
      count === 0
        ? ""
        : `<rect class="${name}" x="${left}" y="${at(y + PANEL_HEIGHT - tall(below + count))}" width="${width}" height="${at(tall(count))}"><title>second ${second}: ${count} ${WORDS[name]}</title></rect>`;
    return (
      bar("first", first, 0) + bar("later", later, first) + bar("refused", refused, first + later)
    );
  });
  const ticks = Array.from({ length: Math.floor(seconds.length / 10) + 1 }, (_, index) => {
    const tickX = at(x + index * 10 * step);
    return `<text class="faint" x="${tickX}" y="${y + PANEL_HEIGHT + 22}" text-anchor="middle">${index * 10} s</text>`;
  });
  return [
    `<text class="title" x="${x}" y="${y - 10}">${title}</text>`,
    ...bars,
    `<rect class="trouble" x="${at(x + fromS * step)}" y="${y + PANEL_HEIGHT + 3}" width="${at((endS - fromS) * step)}" height="${STRIP}" rx="2"/>`,
    `<line x1="${x}" x2="${x + PANEL_WIDTH}" y1="${y + PANEL_HEIGHT}" y2="${y + PANEL_HEIGHT}"/>`,
    `<text class="faint" x="${x - 6}" y="${y + 10}" text-anchor="end">${most}/s</text>`,
    ...ticks,
  ].join("\n");
}
