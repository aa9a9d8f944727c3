import { getFormatter, getTranslations } from "next-intl/server";
import type { QuotaForecast } from "@/lib/manage/limits/read-quota-forecasts";

const WIDTH = 144;
const HEIGHT = 36;
/** Room for the line's width and the dot. */
const EDGE = 3;

/** What is left of a quota from now to its reset, at this rate: the whole quota is the full height. */
export async function BurnDown({
  forecast: { burnDown, quota, resetMs },
  nowMs,
}: {
  readonly forecast: QuotaForecast;
  readonly nowMs: number;
}) {
  const [t, format] = await Promise.all([getTranslations("overview.quota"), getFormatter()]);
  if (quota === null || burnDown.length === 0) return null;
  const clock = (ms: number) => format.dateTime(ms, { hour: "numeric", minute: "2-digit" });
  // A quota that is used up now ends where it begins.
  const distinct = burnDown.filter(({ atMs }, index) => atMs !== burnDown[index - 1]?.atMs);
  const points = distinct.map(({ atMs, left }) => ({
    x: EDGE + ((WIDTH - 2 * EDGE) * (atMs - nowMs)) / Math.max(1, resetMs - nowMs),
    y: HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * left) / Math.max(1, quota),
    words: t("leftAt", { left: Math.max(0, Math.round(left)), time: clock(atMs) }),
  }));
  const line = points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const floor = HEIGHT - EDGE;
  const words = points.map((point) => point.words).join(", ");
  return (
    <figure className="w-36">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="h-9 w-36" role="img" aria-label={words}>
        <line
          x1={EDGE}
          y1={floor}
          x2={WIDTH - EDGE}
          y2={floor}
          className="stroke-border"
          strokeWidth={1}
        />
        <polygon
          points={`${EDGE},${floor} ${line} ${WIDTH - EDGE},${floor}`}
          className="fill-chart-1/15"
        />
        <polyline points={line} fill="none" className="stroke-chart-1" strokeWidth={1.5} />
        {points.map(({ x, y, words: own }) => (
          <circle key={x} cx={x} cy={y} r={2.5} className="fill-chart-1">
            <title>{own}</title>
          </circle>
        ))}
      </svg>
      <figcaption className="text-muted-foreground flex justify-between text-[11px] tabular-nums">
        <span>{clock(nowMs)}</span>
        <span>{clock(resetMs)}</span>
      </figcaption>
    </figure>
  );
}
