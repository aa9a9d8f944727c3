"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import type { ChartData } from "./chart-data";

const ChartPlot = lazy(async () => ({ default: (await import("./chart-plot")).ChartPlot }));

/** Draws once the page itself has loaded: until then its space is reserved, and the table view works. */
export function LazyChartPlot(data: ChartData) {
  const [isPageLoaded, setIsPageLoaded] = useState(false);
  useEffect(() => {
    const begin = () => setIsPageLoaded(true);
    if (document.readyState === "complete") begin();
    else window.addEventListener("load", begin, { once: true });
    return () => window.removeEventListener("load", begin);
  }, []);
  const placeholder = <Skeleton className="h-full w-full" />;
  if (!isPageLoaded) return placeholder;
  return (
    <Suspense fallback={placeholder}>
      <ChartPlot {...data} />
    </Suspense>
  );
}
