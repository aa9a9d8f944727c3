import { getTranslations } from "next-intl/server";
import { Skeleton } from "@/components/ui/skeleton";

/** The overview's outline. */
export default async function Loading() {
  const t = await getTranslations("shell");
  return (
    <div aria-busy="true" aria-label={t("loading")} role="status">
      <Skeleton className="mb-6 h-7 w-40" />
      <div className="space-y-8">
        <Skeleton className="h-[4.625rem] rounded-lg" />
        <Skeleton className="h-40 rounded-lg lg:h-[5.5rem]" />
        <Skeleton className="h-64 rounded-lg" />
      </div>
    </div>
  );
}
