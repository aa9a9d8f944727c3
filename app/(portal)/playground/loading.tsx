import { Skeleton } from "@/components/ui/skeleton";

/** The page's outline: header, the form, the response. */
export default function PlaygroundLoading() {
  return (
    <div aria-hidden className="space-y-6">
      <div className="space-y-2">
        <Skeleton className="h-7 w-40" />
        <Skeleton className="h-5 w-80 max-w-full" />
      </div>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
        <Skeleton className="h-[32rem]" />
        <Skeleton className="h-80" />
      </div>
    </div>
  );
}
