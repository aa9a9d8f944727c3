"use client";

import { useFormatter, useTimeZone } from "next-intl";
import type { ChartData } from "./chart-data";

/** The format of a bucket's time: hours in the reader's time zone, days in UTC, as they are summed. */
export function useBucketTime(grain: ChartData["grain"]) {
  const format = useFormatter();
  const readerZone = useTimeZone() ?? "UTC";
  const timeZone = grain === "day" ? "UTC" : readerZone;
  return {
    timeZone,
    tick: (ms: number) =>
      grain === "day"
        ? format.dateTime(ms, { month: "short", day: "numeric", timeZone })
        : format.dateTime(ms, { hour: "numeric", minute: "2-digit", timeZone }),
    full: (ms: number) =>
      grain === "day"
        ? format.dateTime(ms, { dateStyle: "medium", timeZone })
        : format.dateTime(ms, {
            month: "short",
            day: "numeric",
            hour: "numeric",
            minute: "2-digit",
            timeZone,
          }),
  };
}
