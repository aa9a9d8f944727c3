import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <div>
      <Skeleton className="mb-2 h-7 w-32" />
      <Skeleton className="mb-6 h-5 w-72" />
      <div className="max-w-3xl space-y-16">
        {[136, 216, 36].map((height) => (
          <div key={height} className="grid gap-4 md:grid-cols-[14rem_1fr] md:gap-10">
            <Skeleton className="h-12 w-full" />
            <Skeleton className="w-full max-w-sm" style={{ height }} />
          </div>
        ))}
      </div>
    </div>
  );
}
