import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <div className="space-y-8">
      {["h-16", "h-24", "h-80"].map((height) => (
        <div key={height} className="space-y-3">
          <Skeleton className="h-5 w-40" />
          <Skeleton className={`w-full ${height}`} />
        </div>
      ))}
    </div>
  );
}
