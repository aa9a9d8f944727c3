"use client";

import { useTranslations } from "next-intl";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { keyStates } from "@/components/key-state";
import { Link } from "@/components/link";
import { Countdown } from "@/components/time/countdown";
import type { KeyGrid as Grid, GridState } from "@/lib/manage/keys/read-key-grid";

/** Keys per line, and the side of a key's cell in the drawing's own unit. */
const COLUMNS = 50;
const CELL = 10;

/** How far an arrow key moves. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -COLUMNS,
  ArrowDown: COLUMNS,
};

/** A state's shape, so that it isn't shown by color alone, and its color. */
const LOOKS: Readonly<
  Record<GridState, { readonly shape: (x: number, y: number) => string; readonly fill: string }>
> = {
  ready: { shape: (x, y) => `M${x + 1} ${y + 1}h8v8h-8z`, fill: "fill-ready-fill" },
  cooling: { shape: (x, y) => `M${x + 1} ${y + 5}h8v4h-8z`, fill: "fill-cooling-fill" },
  blocked: { shape: (x, y) => `M${x + 1} ${y + 1}h8l-8 8h8z`, fill: "fill-blocked-fill" },
  disabled: { shape: (x, y) => `M${x + 1} ${y + 4}h8v2h-8z`, fill: "fill-disabled-fill" },
  none: { shape: (x, y) => `M${x + 4} ${y + 4}h2v2h-2z`, fill: "fill-muted-foreground" },
};

/** Every key of a provider by model: the overview shows which model runs low, hovering shows which key. */
export function KeyGrid({ grid, provider }: { readonly grid: Grid; readonly provider: string }) {
  const t = useTranslations("keys.grid");
  if (grid.models.length === 0) return null;
  return (
    <details className="rounded-lg border p-4">
      <summary className="focus-visible:ring-ring/50 w-fit cursor-pointer rounded-sm font-medium outline-none focus-visible:ring-[3px]">
        {t("title")}
      </summary>
      <p className="text-muted-foreground mt-1 text-sm">{t("description")}</p>
      {(grid.keyCount > grid.keys.length || grid.modelCount > grid.models.length) && (
        <p className="mt-1 text-sm">
          {t("part", {
            keys: grid.keys.length,
            keyCount: grid.keyCount,
            models: grid.models.length,
            modelCount: grid.modelCount,
          })}
        </p>
      )}
      <ul className="mt-4 space-y-4">
        {grid.models.map((row) => (
          <ModelRow key={row.model} row={row} keys={grid.keys} provider={provider} />
        ))}
      </ul>
    </details>
  );
}

function ModelRow({
  row: { model, states, untilMs },
  keys,
  provider,
}: {
  readonly row: Grid["models"][number];
  readonly keys: readonly string[];
  readonly provider: string;
}) {
  const t = useTranslations("keys.grid");
  const common = useTranslations("common");
  const [pointed, setPointed] = useState<number | null>(null);
  const counts = keyStates
    .map((state) => ({ state, count: states.filter((each) => each === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => common(`stateCount.${state}`, { count }))
    .join(", ");
  const ends = Object.values(untilMs);
  const height = Math.ceil(keys.length / COLUMNS) * CELL;
  const state = pointed === null ? undefined : states[pointed];
  const until = pointed === null ? undefined : untilMs[pointed];

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * COLUMNS);
    const line = Math.floor(((event.clientY - box.top) / box.height) * (height / CELL));
    const index = line * COLUMNS + column;
    setPointed(index >= 0 && index < keys.length ? index : null);
  };

  const move = (event: KeyboardEvent<SVGSVGElement>) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = pointed === null ? 0 : pointed + step;
    if (index >= 0 && index < keys.length) setPointed(index);
  };

  return (
    <li className="grid gap-x-6 gap-y-1 md:grid-cols-[16rem_1fr]">
      <div className="min-w-0 text-sm">
        <Link
          href={`/keys/${provider}?model=${encodeURIComponent(model)}`}
          prefetch={false}
          className="block truncate font-mono text-[13px] underline-offset-4 hover:underline"
        >
          {model}
        </Link>
        <p aria-live="polite" className="text-muted-foreground min-h-8 text-xs">
          {state !== undefined && pointed !== null ? (
            <>
              <span className="font-mono">{keys[pointed]}</span>
              {": "}
              {state === "none" ? t("none") : common(`state.${state}`)}
              {until !== undefined && (
                <>
                  {" "}
                  <Countdown untilMs={until} />
                </>
              )}
            </>
          ) : (
            <>
              {counts}
              {ends.length > 0 && (
                <>
                  {"; "}
                  {t.rich("nextBack", { left: () => <Countdown untilMs={Math.min(...ends)} /> })}
                </>
              )}
            </>
          )}
        </p>
      </div>
      <svg
        role="application"
        aria-label={t("marks", { model, counts })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk through the keys.
        tabIndex={0}
        viewBox={`0 0 ${COLUMNS * CELL} ${height}`}
        className="focus-visible:ring-ring/50 w-full max-w-2xl rounded-sm outline-none focus-visible:ring-[3px]"
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
        onKeyDown={move}
        onBlur={() => setPointed(null)}
      >
        {Object.entries(LOOKS).map(([name, { shape, fill }]) => (
          <path
            key={name}
            className={fill}
            d={states
              .map((each, index) =>
                each === name
                  ? shape((index % COLUMNS) * CELL, Math.floor(index / COLUMNS) * CELL)
                  : "",
              )
              .join("")}
          />
        ))}
        {pointed !== null && (
          <rect
            x={(pointed % COLUMNS) * CELL + 0.5}
            y={Math.floor(pointed / COLUMNS) * CELL + 0.5}
            width={CELL - 1}
            height={CELL - 1}
            className="stroke-foreground fill-none"
          />
        )}
      </svg>
    </li>
  );
}
