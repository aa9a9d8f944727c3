import { Skeleton } from "@/components/ui/skeleton";

const ROWS = ["first", "second", "third", "fourth", "fifth"];

export default function Loading() {
  return (
    <div aria-busy className="space-y-6">
      <div className="space-y-2">
        <Skeleton className="h-7 w-40" />
        <Skeleton className="h-5 w-72" />
      </div>
      <div className="rounded-lg border">
        <div className="h-10 border-b" />
        {ROWS.map((row) => (
          <div key={row} className="flex h-14 items-center gap-6 border-b px-4 last:border-b-0">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-2 flex-1" />
            <Skeleton className="h-4 w-16" />
          </div>
        ))}
      </div>
    </div>
  );
}
