import { Skeleton } from "@/components/ui/skeleton";

/** The page's outline: header, table. */
export default function BudgetsLoading() {
  return (
    <div aria-hidden className="space-y-6">
      <div className="space-y-2">
        <Skeleton className="h-7 w-32" />
        <Skeleton className="h-5 w-96 max-w-full" />
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
