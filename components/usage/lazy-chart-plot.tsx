"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import type { ChartData } from "./chart-data";

/** Never drawn on the server, which so does without the library that draws. */
const ChartPlot = dynamic(() => import("./chart-plot").then(({ ChartPlot }) => ChartPlot), {
  ssr: false,
  loading: Placeholder,
});

/** Draws once the page itself has loaded: until then its space is reserved, and the table view works. */
export function LazyChartPlot(data: ChartData) {
  const [isPageLoaded, setIsPageLoaded] = useState(false);
  useEffect(() => {
    const begin = () => setIsPageLoaded(true);
    if (document.readyState === "complete") begin();
    else window.addEventListener("load", begin, { once: true });
    return () => window.removeEventListener("load", begin);
  }, []);
  return isPageLoaded ? <ChartPlot {...data} /> : <Placeholder />;
}

function Placeholder() {
  return <Skeleton className="h-full w-full" />;
}
