import { Skeleton } from "@/components/ui/skeleton";

/** The page's outline: header, filters, table. */
export default function TokensLoading() {
  return (
    <div aria-hidden className="space-y-6">
      <div className="flex items-start justify-between">
        <div className="space-y-2">
          <Skeleton className="h-7 w-40" />
          <Skeleton className="h-5 w-80 max-w-full" />
        </div>
        <Skeleton className="h-9 w-32" />
      </div>
      <div className="flex gap-2">
        <Skeleton className="h-9 w-64" />
        <Skeleton className="h-9 w-36" />
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
