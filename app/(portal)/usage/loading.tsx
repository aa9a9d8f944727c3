import { getTranslations } from "next-intl/server";
import { Skeleton } from "@/components/ui/skeleton";

const CHARTS = ["requests", "tokens", "cost", "duration"];

/** The usage page's outline. */
export default async function Loading() {
  const t = await getTranslations("shell");
  return (
    <div aria-busy="true" aria-label={t("loading")} role="status">
      <Skeleton className="mb-2 h-7 w-32" />
      <Skeleton className="mb-6 h-5 w-80 max-w-full" />
      <Skeleton className="mb-6 h-9 w-full" />
      <div className="space-y-6">
        <Skeleton className="h-64 rounded-lg lg:h-[6.5rem]" />
        <div className="grid gap-4 lg:grid-cols-2">
          {CHARTS.map((chart) => (
            <Skeleton key={chart} className="h-[22rem] rounded-lg" />
          ))}
        </div>
      </div>
    </div>
  );
}
